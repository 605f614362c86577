import { defineFilter } from '../../../topologies/operator.ts'
import { filterParameters } from '../../../topologies/parameters.ts'
import { bound, judgeBounds, RANGE_REASONS } from '../bounds.ts'
import { census } from '../text/census.ts'

export default defineFilter({
  name: 'special_characters_filter',
  summary: 'Keeps documents in which the share of special characters among all characters is within a range.',
  parameters: filterParameters.extend({
    min_ratio: bound(0, 'least share that is kept; null for no minimum'),
    max_ratio: bound(0.25, 'largest share that is kept; null for no maximum'),
  }),
  reasons: RANGE_REASONS,
  quirks: [
    'Blanks, line feeds and ASCII digits are special characters, so that plain English is near 0.2.',
    'A few letters are on the list (ø, π, ª, ー, ン, 一, 上, 士); zero width joiners and no-break spaces are not.',
  ],
  examples: [
    {
      title: 'keeps prose',
      text: 'A sentence of words alone',
      expect: { keep: true },
      stats: { special_char_ratio: 0.16 },
    },
    { title: 'drops a table of numbers', text: '12 34 | 56 78 | ok', expect: { drop: 'above_maximum' } },
    { title: 'counts emoji', text: 'yes😀', expect: { keep: true }, stats: { special_char_ratio: 0.25 } },
    { title: 'gives 0 for an empty text', text: '', expect: { keep: true }, stats: { special_char_ratio: 0 } },
  ],
  create: (parameters) => ({
    stats: ['special_char_ratio'],
    measure(text) {
      const { length, special } = text.view(census)
      return { special_char_ratio: length === 0 ? 0 : special / length }
    },
    judge: (stats) =>
      judgeBounds(
        stats.special_char_ratio,
        { minimum: parameters.min_ratio, maximum: parameters.max_ratio },
        parameters,
      ),
  }),
})
