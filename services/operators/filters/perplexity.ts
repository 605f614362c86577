import { z } from 'zod'
import { defineFilter } from '../../../topologies/operator.ts'
import { filterParameters } from '../../../topologies/parameters.ts'
import { readLanguageModel } from '../../models/kenlm/model.ts'
import { bound, judgeBounds, RANGE_REASONS } from '../bounds.ts'
import { modelOf } from '../models/loading.ts'
import { perplexityOf } from '../models/perplexity.ts'
import { pieceModelOf } from '../models/pieces.ts'

export default defineFilter({
  name: 'perplexity_filter',
  summary: 'Keeps documents whose perplexity to a language model is within a range.',
  parameters: filterParameters.extend({
    lang: z
      .string()
      .default('en')
      .describe('language of the models: those of en are en.sp.model and en.arpa.bin among the assets'),
    min_ppl: bound(0, 'least perplexity that is kept; null for no minimum'),
    max_ppl: bound(1500, 'largest perplexity that is kept; null for no maximum'),
  }),
  reasons: RANGE_REASONS,
  quirks: [
    'The perplexity is that of the pieces of a text, not of its words, and is rounded to one decimal.',
    'An empty text has the perplexity 0.',
  ],
  examples: [
    {
      title: 'keeps prose',
      parameters: { max_ppl: 2000 },
      text: 'This is one of the words of the text.',
      expect: { keep: true },
    },
    {
      title: 'drops what is no language',
      parameters: { max_ppl: 300 },
      text: 'xq zzv kjw qqx vbn wxz',
      expect: { drop: 'above_maximum' },
    },
    { title: 'keeps an empty text', text: '', expect: { keep: true }, stats: { perplexity: 0 } },
    {
      title: 'drops what has less than is wanted',
      parameters: { min_ppl: 1 },
      text: ' ',
      expect: { drop: 'below_minimum' },
    },
  ],
  assets: ({ lang }) => [`${lang}.sp.model`, `${lang}.arpa.bin`],
  create(parameters, context) {
    const { tokenizer, view } = pieceModelOf(parameters.lang, context)
    const model = modelOf(`${parameters.lang}.arpa.bin`, context, readLanguageModel)
    const measure = perplexityOf(tokenizer, model)
    return {
      stats: ['perplexity'],
      measure: (text) => ({ perplexity: measure(text.view(view)) }),
      judge: (stats) =>
        judgeBounds(stats.perplexity, { minimum: parameters.min_ppl, maximum: parameters.max_ppl }, parameters),
    }
  },
})
