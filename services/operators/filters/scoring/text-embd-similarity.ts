import { z } from 'zod'
import { Failure } from '../../../../topologies/failure.ts'
import { defineBatchFilter } from '../../../../topologies/operator.ts'
import { filterParameters } from '../../../../topologies/parameters.ts'
import { bound, judgeBounds, RANGE_REASONS } from '../../bounds.ts'
import { likenessTo } from '../../scoring/likeness.ts'
import { acceleratorParameter, mostTokensParameter } from '../../scoring/parameters.ts'
import { modelAssets } from '../../scoring/text-model.ts'

const MODEL = 'sentence-transformers/all-MiniLM-L6-v2'

export default defineBatchFilter({
  name: 'text_embd_similarity_filter',
  summary: 'Keeps documents that are as like given texts as wanted, by the mean cosine of their embeddings.',
  traits: { resource: 'gpu' },
  parameters: filterParameters.extend({
    api_or_hf_model: z
      .string()
      .default('text-embedding-v4')
      .describe(`model of the embeddings: with is_hf_model a folder of the assets, as ${MODEL}`),
    is_hf_model: z.boolean().default(false).describe('must be true: embeddings of an endpoint are not supported'),
    api_endpoint: z.string().default('embeddings').describe('no effect: for endpoints only'),
    response_path: z.string().default('data.0.embedding').describe('no effect: for endpoints only'),
    model_params: z.record(z.string(), z.unknown()).nullish().describe('no effect: see accelerator'),
    min_score: bound(0.1, 'least similarity that is kept; null for no minimum'),
    max_score: bound(1, 'largest similarity that is kept; null for no maximum'),
    valid_dataset: z
      .array(z.record(z.string(), z.json()))
      .min(1)
      .nullish()
      .describe('the samples whose likes are wanted; must be given'),
    ebd_dim: z.int().positive().default(4096).describe('no effect: for endpoints only'),
    pooling: z
      .string()
      .nullish()
      .describe('mean or weighted_mean of the vectors of the tokens; that of the last one when not given'),
    input_template: z
      .string()
      .nullish()
      .describe("what the model is given, as 'Title: {title} {text}'; the text when not given"),
    accelerator: acceleratorParameter,
    max_tokens: mostTokensParameter,
  }),
  reasons: RANGE_REASONS,
  quirks: [
    'The embedding is that of the last token unless pooling says mean, for which most models of sentences are made.',
    'The model is onnx/model.onnx in its folder. Texts beyond max_tokens are cut, where Data-Juicer cuts at 4,096 tokens, and fails on those that its model cannot take.',
  ],
  examples: [
    {
      title: 'keeps what is like the given text',
      parameters: settings({ min_score: 0.5 }),
      text: 'The mill wheel turns in the river.',
      expect: { keep: true },
    },
    {
      title: 'drops what is not',
      parameters: settings({ min_score: 0.9 }),
      text: 'Quarterly dividends rose by four percent.',
      expect: { drop: 'below_minimum' },
    },
  ],
  assets: ({ api_or_hf_model: name, is_hf_model: isLocal }) => (isLocal ? modelAssets(name) : []),
  create(parameters, context) {
    const { api_or_hf_model: name, valid_dataset: samples, accelerator, pooling } = parameters
    if (!parameters.is_hf_model)
      throw new Failure('parameters_invalid', 'Embeddings of an endpoint are not supported: set is_hf_model to true.')
    if (!samples) throw new Failure('parameters_invalid', 'valid_dataset must give the samples whose likes are wanted.')
    const likeness = likenessTo(
      samples,
      {
        name,
        accelerator,
        mostTokens: parameters.max_tokens,
        prefersWhole: false,
        pooling: pooling === 'mean' || pooling === 'weighted_mean' ? pooling : null,
        template: parameters.input_template || null,
        textKey: parameters.text_key ?? 'text',
      },
      context,
    )
    return {
      stats: ['text_embd_similarity'],
      ready: likeness.ready,
      close: likeness.close,
      measure: async (subjects) =>
        (await likeness.of(subjects)).map((value) =>
          value instanceof Failure ? value : { text_embd_similarity: value },
        ),
      judge: ({ text_embd_similarity: value }) =>
        value === null
          ? null
          : judgeBounds(value, { minimum: parameters.min_score, maximum: parameters.max_score }, parameters),
    }
  },
})

function settings(bounds: { min_score: number }): Record<string, unknown> {
  const valid_dataset = [{ text: 'A water mill stands by the river, and its wheel turns.' }]
  return { api_or_hf_model: MODEL, is_hf_model: true, pooling: 'mean', valid_dataset, ...bounds }
}
