import { z } from 'zod'
import { defineFilter } from '../../../topologies/operator.ts'
import { filterParameters } from '../../../topologies/parameters.ts'
import { bound, judgeBounds, RANGE_REASONS } from '../bounds.ts'
import { DEFAULT_TOKENIZER, tokenModelOf } from '../models/tokens.ts'

export default defineFilter({
  name: 'token_num_filter',
  summary: 'Keeps documents whose number of tokens is within a range.',
  parameters: filterParameters.extend({
    hf_tokenizer: z
      .string()
      .min(1)
      .default(DEFAULT_TOKENIZER)
      .describe('folder of the tokenizer among the assets, with its tokenizer.json'),
    min_num: bound(10, 'least number of tokens that is kept; null for no minimum'),
    max_num: bound(null, 'largest number of tokens that is kept; null for no maximum'),
  }),
  reasons: RANGE_REASONS,
  quirks: ['Tokens that a tokenizer puts around a text are not counted.'],
  examples: [
    {
      title: 'keeps a sentence',
      text: 'The mill stands by the river, and its wheel has not turned for many years.',
      expect: { keep: true },
    },
    { title: 'drops a word', text: 'a', expect: { drop: 'below_minimum' }, stats: { num_token: 1 } },
    { title: 'drops an empty text', text: '', expect: { drop: 'below_minimum' }, stats: { num_token: 0 } },
    {
      title: 'drops what is too long',
      parameters: { min_num: 0, max_num: 2 },
      text: 'a b c',
      expect: { drop: 'above_maximum' },
    },
  ],
  assets: (parameters) => [`${parameters.hf_tokenizer}/tokenizer.json`],
  create(parameters, context) {
    const { count } = tokenModelOf(parameters.hf_tokenizer, context)
    return {
      stats: ['num_token'],
      measure: (text) => ({ num_token: text.view(count) }),
      judge: (stats) =>
        judgeBounds(stats.num_token, { minimum: parameters.min_num, maximum: parameters.max_num }, parameters),
    }
  },
})
