import { defineFilter } from 'millrace/operator'
import { filterParameters } from 'millrace/parameters'
import { z } from 'zod'

/** An operator of a recipe's own: it is written, planned, measured and replayed like those in the catalog. */
export default defineFilter({
  name: 'keep_questions_filter',
  summary: 'Keeps texts of which enough sentences are questions.',
  parameters: filterParameters.extend({
    min_share: z
      .number()
      .min(0)
      .max(1)
      .default(0.1)
      .describe('smallest share of question marks among all sentence marks'),
  }),
  reasons: ['below_minimum'],
  examples: [
    { title: 'keeps a question', text: 'Why? Because.', expect: { keep: true }, stats: { question_share: 0.5 } },
    { title: 'drops statements', text: 'It rains.', expect: { drop: 'below_minimum' }, stats: { question_share: 0 } },
  ],
  create({ min_share: least }) {
    return {
      stats: ['question_share'],
      measure(text) {
        const marks = text.value.match(/[.!?。！？]/gu) ?? []
        const questions = marks.filter((mark) => mark === '?' || mark === '？').length
        return { question_share: marks.length === 0 ? 0 : questions / marks.length }
      },
      judge: (stats) => (Number(stats.question_share) < least ? 'below_minimum' : null),
    }
  },
})
