import { z } from 'zod'
import type { Stats } from '../../../../schemas/document.ts'
import { Failure } from '../../../../topologies/failure.ts'
import { defineBatchFilter, type Subject } from '../../../../topologies/operator.ts'
import { filterParameters } from '../../../../topologies/parameters.ts'
import { bound, judgeBounds, RANGE_REASONS } from '../../bounds.ts'
import { dot, embeddingModel } from '../../scoring/embeddings.ts'
import { acceleratorParameter, mostTokensParameter } from '../../scoring/parameters.ts'
import { modelAssets } from '../../scoring/text-model.ts'

const MODEL = 'sentence-transformers/all-MiniLM-L6-v2'

export default defineBatchFilter({
  name: 'text_pair_similarity_filter',
  summary: 'Keeps documents of which two texts are as like each other as wanted, by the cosine of their embeddings.',
  traits: { resource: 'gpu' },
  parameters: filterParameters.extend({
    hf_clip: z
      .string()
      .default('openai/clip-vit-base-patch32')
      .describe(`model of the embeddings: a folder of the assets, as ${MODEL}`),
    trust_remote_code: z.boolean().default(false).describe('no effect: models bring no code'),
    min_score: bound(0.1, 'least similarity that is kept; null for no minimum'),
    max_score: bound(1, 'largest similarity that is kept; null for no maximum'),
    text_key_second: z.string().nullish().describe('field of the other text; without it every document is kept'),
    any_or_all: z.enum(['any', 'all']).default('any').describe('no effect: there is one pair in a document'),
    accelerator: acceleratorParameter,
    max_tokens: mostTokensParameter,
  }),
  reasons: RANGE_REASONS,
  quirks: [
    'A document that lacks one of the texts, or of which one is empty, is kept, and its stat is an empty list.',
    'The model is onnx/model.onnx in its folder. What it gives as text_embeds or sentence_embedding is taken as it is; else the mean over the tokens.',
  ],
  examples: [
    {
      title: 'keeps a pair that belongs together',
      parameters: { hf_clip: MODEL, text_key_second: 'summary', min_score: 0.5 },
      text: 'The mill wheel turns in the river.',
      fields: { summary: 'A water mill stands by the river, and its wheel turns.' },
      expect: { keep: true },
    },
    {
      title: 'drops one that does not',
      parameters: { hf_clip: MODEL, text_key_second: 'summary', min_score: 0.9 },
      text: 'The mill wheel turns in the river.',
      fields: { summary: 'Quarterly dividends rose by four percent.' },
      expect: { drop: 'below_minimum' },
    },
    {
      title: 'keeps what has no second text',
      parameters: { hf_clip: MODEL, text_key_second: 'summary' },
      text: 'The mill wheel turns in the river.',
      expect: { keep: true },
    },
  ],
  assets: ({ hf_clip: name }) => modelAssets(name),
  create(parameters, context) {
    const { hf_clip: name, text_key_second: second, accelerator, max_tokens: mostTokens } = parameters
    const model = embeddingModel({ name, accelerator, mostTokens, pooling: 'mean', prefersWhole: true }, context)
    return {
      stats: ['text_pair_similarity'],
      ready: () => model.ready(),
      close: () => model.close(),
      async measure(subjects) {
        const pairs = subjects.map((subject) => pairOf(subject, second))
        const directions = (await model.embed(pairs.flatMap((pair) => pair ?? []))).values()
        return pairs.map((pair): Stats | Failure => {
          if (!pair) return { text_pair_similarity: [] }
          const [one, other] = [directions.next().value, directions.next().value]
          if (one instanceof Failure) return one
          if (other instanceof Failure) return other
          return { text_pair_similarity: one && other ? [dot(one, other)] : [] }
        })
      },
      judge({ text_pair_similarity: values }) {
        const bounds = { minimum: parameters.min_score, maximum: parameters.max_score }
        const [value] = Array.isArray(values) ? values : [values]
        return value === undefined ? null : judgeBounds(value, bounds, parameters)
      },
    }
  },
})

/** Both texts; null where there are not two. */
function pairOf({ field, textKey }: Subject, second: string | null | undefined): [string, string] | null {
  const texts = [field(textKey), second ? field(second) : undefined]
  const [one, other] = texts
  return typeof one === 'string' && typeof other === 'string' && one !== '' && other !== '' ? [one, other] : null
}
