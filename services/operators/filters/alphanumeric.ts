import { z } from 'zod'
import { defineFilter, type Filter, type OperatorContext } from '../../../topologies/operator.ts'
import { filterParameters } from '../../../topologies/parameters.ts'
import { bound, judgeBounds, RANGE_REASONS } from '../bounds.ts'
import { DEFAULT_TOKENIZER, tokenModelOf } from '../models/tokens.ts'
import { alphabetic } from '../text/alphabetic.ts'
import { census } from '../text/census.ts'

export default defineFilter({
  name: 'alphanumeric_filter',
  summary: 'Keeps documents in which the share of letters and digits among all characters is within a range.',
  parameters: filterParameters.extend({
    tokenization: z
      .boolean()
      .nullable()
      .default(false)
      .describe(`whether letters are counted for each token of ${DEFAULT_TOKENIZER} instead`),
    min_ratio: bound(0.25, 'least share that is kept; null for no minimum'),
    max_ratio: bound(null, 'largest share that is kept; null for no maximum'),
  }),
  reasons: RANGE_REASONS,
  quirks: [
    'A letter or digit is what str.isalnum of Python 3.11 calls one: vowel signs of Indic scripts are not, ² and ½ are.',
    'With tokenization, digits do not count, and the stat is alpha_token_ratio: mostly between 1 and 5.',
  ],
  examples: [
    {
      title: 'keeps prose',
      text: 'Emma Woodhouse, handsome and clever.',
      expect: { keep: true },
      stats: { alnum_ratio: 30 / 36 },
    },
    { title: 'drops ruler lines', text: '=== ---- *** a', expect: { drop: 'below_minimum' } },
    {
      title: 'counts letters of every script',
      text: 'a1 é²½Ⅷ一',
      expect: { keep: true },
      stats: { alnum_ratio: 0.875 },
    },
    { title: 'does not count vowel signs', text: 'न्दी', expect: { keep: true }, stats: { alnum_ratio: 0.5 } },
    {
      title: 'counts letters for each token where that is asked for',
      parameters: { tokenization: true },
      text: 'a 1',
      expect: { keep: true },
      stats: { alpha_token_ratio: 0.5 },
    },
    { title: 'gives 0 for an empty text', text: '', expect: { drop: 'below_minimum' }, stats: { alnum_ratio: 0 } },
  ],
  assets: ({ tokenization }) => (tokenization ? [`${DEFAULT_TOKENIZER}/tokenizer.json`] : []),
  create(parameters, context) {
    const { key, measure } = parameters.tokenization ? byToken(context) : byCharacter
    return {
      stats: [key],
      measure,
      judge: (stats) =>
        judgeBounds(stats[key], { minimum: parameters.min_ratio, maximum: parameters.max_ratio }, parameters),
    }
  },
})

interface Measure {
  key: string
  measure: Filter['measure']
}

const byCharacter: Measure = {
  key: 'alnum_ratio',
  measure(text) {
    const { length, alphanumeric } = text.view(census)
    return { alnum_ratio: length === 0 ? 0 : alphanumeric / length }
  },
}

function byToken(context: OperatorContext): Measure {
  const { count } = tokenModelOf(DEFAULT_TOKENIZER, context)
  return {
    key: 'alpha_token_ratio',
    measure(text) {
      const tokens = text.view(count)
      return { alpha_token_ratio: tokens === 0 ? 0 : text.view(alphabetic) / tokens }
    },
  }
}
