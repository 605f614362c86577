import { z } from 'zod'

const field = (what: string) => z.string().min(1).nullish().describe(what)

/**
 * Parameters that every operator of Data-Juicer 1.6.1 takes. Only `text_key` changes a result here; the rest steers
 * Data-Juicer's own runtime, is accepted so that recipes run unchanged, and `lint` says that it has no effect.
 */
export const commonParameters = z.strictObject({
  text_key: field("field that holds the text; the first of the recipe's text_keys when not given"),
  image_key: field('field of the images; text operators do not read it'),
  audio_key: field('field of the audios; text operators do not read it'),
  video_key: field('field of the videos; text operators do not read it'),
  image_bytes_key: field('field of the image bytes; text operators do not read it'),
  system_key: field('field of the system prompt; text operators do not read it'),
  instruction_key: field('field of the instruction; text operators do not read it'),
  prompt_key: field('field of the prompt; text operators do not read it'),
  query_key: field('field of the query; text operators do not read it'),
  response_key: field('field of the response; text operators do not read it'),
  history_key: field('field of the history; text operators do not read it'),
  index_key: z.null().optional().describe('must be left out: adding an index column is not supported'),
  batch_size: z.int().positive().nullish().describe('no effect: documents are batched by bytes'),
  batch_mode: z.boolean().nullish().describe('no effect'),
  num_proc: z.int().nullish().describe('no effect: scale by replicas'),
  auto_op_parallelism: z.boolean().nullish().describe('no effect'),
  adaptive_batching: z.boolean().nullish().describe('no effect'),
  num_cpus: z.number().nullish().describe('no effect: see stream.operators.<name>.resource'),
  num_gpus: z.number().nullish().describe('no effect: see stream.operators.<name>.resource'),
  memory: z.union([z.string(), z.number()]).nullish().describe('no effect: see stream.operators.<name>.resource'),
  cpu_required: z.number().nullish().describe('no effect: old name of num_cpus'),
  gpu_required: z.number().nullish().describe('no effect: old name of num_gpus'),
  mem_required: z.union([z.string(), z.number()]).nullish().describe('no effect: old name of memory'),
  accelerator: z.enum(['cpu', 'cuda']).nullish().describe('no effect on text operators without a model'),
  turbo: z.boolean().nullish().describe('no effect'),
  skip_op_error: z
    .boolean()
    .nullish()
    .describe('false: the run stops at the first document on which the operator fails; see stream.on_failure'),
  work_dir: z.string().nullish().describe('no effect'),
  runtime_env: z.unknown().optional().describe('no effect: Ray only'),
  ray_execution_mode: z.enum(['actor', 'task']).nullish().describe('no effect: Ray only'),
  input_columns: z.unknown().optional().describe('no effect: Ray planning only'),
  output_columns: z.unknown().optional().describe('no effect: Ray planning only'),
})

/** What every filter takes besides: which side of a bound is kept, and whether the range is turned inside out. */
export const filterParameters = commonParameters.extend({
  stats_export_path: z.string().nullish().describe('no effect: stats travel with the documents'),
  min_closed_interval: z.boolean().default(true).describe('whether a value equal to the minimum is kept'),
  max_closed_interval: z.boolean().default(true).describe('whether a value equal to the maximum is kept'),
  reversed_range: z.boolean().default(false).describe('keep what lies outside of the range instead'),
})

export type CommonParameters = z.infer<typeof commonParameters>
export type FilterParameters = z.infer<typeof filterParameters>

/**
 * Data-Juicer's range test (`Filter.get_keep_boolean`). Reversed: both closed flags are inverted, the test is done, then
 * negated, so the ends themselves are kept by default. NaN fails every comparison.
 */
export function withinRange(value: number, minimum: number, maximum: number, flags: FilterParameters): boolean {
  const reversed = flags.reversed_range
  const minClosed = flags.min_closed_interval !== reversed
  const maxClosed = flags.max_closed_interval !== reversed
  const above = minClosed ? value >= minimum : value > minimum
  const below = maxClosed ? value <= maximum : value < maximum
  return (above && below) !== reversed
}
