import { z } from 'zod'
import type { Json } from '../../../schemas/json/keys.ts'
import type { Endpoint } from '../../../topologies/effects.ts'
import type { CommonParameters } from '../../../topologies/parameters.ts'

const KEY_REFERENCE = /^env:(?:OPENAI_API_KEY|MILLRACE_ENDPOINT_[A-Z0-9_]*KEY)$/

const modelParameters = z.looseObject({
  base_url: z.string().min(1).nullish().describe('address of the endpoint; OPENAI_BASE_URL when not given'),
  api_key: z
    .string()
    .regex(
      KEY_REFERENCE,
      'must not stand in a recipe: name the variable that holds it, env:OPENAI_API_KEY or env:MILLRACE_ENDPOINT_…_KEY',
    )
    .nullish()
    .describe('the variable that holds the key, as env:NAME'),
  timeout: z.number().positive().nullish().describe('longest that one request may take, seconds'),
  max_retries: z
    .int()
    .min(0)
    .nullish()
    .describe('how often a request is sent again that the endpoint asks to send later'),
})

/** Values of the parameters as they go into a request. */
const samplingParameters = z.record(z.string(), z.json())

const atLeastNothing = z.number().min(0).nullish()

const budget = z.strictObject({
  name: z.string().min(1).nullish().describe('what is spent counts under it; the name of the operator when not given'),
  requests: z.int().min(0).nullish().describe('most requests'),
  tokens: z.int().min(0).nullish().describe('most tokens, those of questions and answers together'),
  cost: atLeastNothing.describe('most that may be paid, by prices'),
  prices: z
    .strictObject({ prompt: z.number().min(0), completion: z.number().min(0) })
    .nullish()
    .describe('for a million tokens'),
})

const [TIMEOUT, RETRIES] = [120, 5]

/** What every operator takes that asks a model; the last five are ours. */
export const askingParameters = {
  api_endpoint: z
    .string()
    .min(1)
    .nullish()
    .describe('path of the endpoint behind its address, or a whole address; /chat/completions when not given'),
  response_path: z
    .string()
    .min(1)
    .nullish()
    .describe('path with dots to the answer in what the endpoint replies; choices.0.message.content when not given'),
  try_num: z.int().positive().default(3).describe('how often the model is asked until its answer is of use'),
  model_params: modelParameters
    .nullish()
    .describe(
      `how the endpoint is reached: base_url, api_key (as env:NAME), timeout (${TIMEOUT} s), max_retries (${RETRIES}); others have no effect`,
    ),
  sampling_params: samplingParameters.nullish().describe('goes into each request, such as {"temperature": 0.9}'),
  max_concurrent: z.int().min(1).max(1_000).default(8).describe('requests at the same time by one replica (ours)'),
  requests_per_minute: z.number().positive().nullish().describe('most requests a minute by one replica (ours)'),
  budget: budget
    .nullish()
    .describe(
      'most that may be spent by all replicas that share a MILLRACE_HOME, by all runs together: requests, tokens, or cost at prices; documents beyond it fail (ours)',
    ),
  cache_answers: z
    .boolean()
    .default(true)
    .describe('whether answers are kept under MILLRACE_HOME, so that a question is paid once (ours)'),
  require_answer: z
    .boolean()
    .default(false)
    .describe(
      'whether a document fails for which the model gives no usable answer; false: it goes on as Data-Juicer has it (ours)',
    ),
}

/** The same for an operator that could run a model itself in Data-Juicer; here the model is asked at an endpoint, which may be vLLM. */
export const hostedParameters = {
  ...askingParameters,
  is_hf_model: z.boolean().nullish().describe('no effect: the model is asked for at the endpoint, whoever runs it'),
  enable_vllm: z.boolean().nullish().describe('no effect: the model is asked for at the endpoint, whoever runs it'),
}

/** The parameter that names the model. */
export function modelName(byDefault: string) {
  return z
    .string()
    .min(1)
    .nullable()
    .default(byDefault)
    .describe('model to ask; null for the first that the endpoint lists')
}

/** A parameter for words of a prompt: a template or an instruction. */
export function prompt(what: string) {
  return z.string().nullish().describe(what)
}

const askingShape = z.object(askingParameters)
export type AskingParameters = z.infer<typeof askingShape> & CommonParameters

/** How a model is to be asked by these parameters. */
export function endpointOf(asker: string, model: string | null, parameters: AskingParameters): Endpoint {
  const { model_params: reach, budget: limits } = parameters
  return {
    asker,
    model,
    baseUrl: reach?.base_url ?? null,
    path: parameters.api_endpoint ?? '/chat/completions',
    responsePath: parameters.response_path ?? null,
    key: reach?.api_key ?? null,
    sampling: samplingOf(parameters.sampling_params ?? {}),
    timeout: reach?.timeout ?? TIMEOUT,
    retries: reach?.max_retries ?? RETRIES,
    concurrency: parameters.max_concurrent,
    requestsPerMinute: parameters.requests_per_minute ?? null,
    budget: limits
      ? {
          name: limits.name ?? null,
          requests: limits.requests ?? null,
          tokens: limits.tokens ?? null,
          cost: limits.cost ?? null,
          prices: limits.prices ?? null,
        }
      : null,
    remember: parameters.cache_answers,
  }
}

/** Endpoints know the limit of new tokens by another name than Hugging Face's pipelines. */
function samplingOf({ max_new_tokens: longest, ...others }: { [key: string]: Json }): { [key: string]: Json } {
  return longest === undefined ? others : { max_tokens: longest, ...others }
}
