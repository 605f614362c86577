import { z } from 'zod'
import { commonParameters } from '../../../topologies/parameters.ts'
import { shingleParameters } from '../shingles/parameters.ts'

/** More would need a machine of its own to choose the bands. */
const MOST_PERMUTATIONS = 4096

/** The parameters of Data-Juicer's MinHash deduplicators. */
export const minHashParameters = commonParameters.extend({
  ...shingleParameters(5),
  num_permutations: z
    .int()
    .positive()
    .max(MOST_PERMUTATIONS)
    .default(256)
    .describe('permutations of the hashes, and numbers of a signature'),
  jaccard_threshold: z
    .number()
    .min(0)
    .max(1)
    .default(0.7)
    .describe('from which similarity on two texts shall be found; it chooses the bands'),
  num_bands: z
    .int()
    .positive()
    .nullish()
    .describe('bands of a signature; chosen where this or num_rows_per_band is left out'),
  num_rows_per_band: z
    .int()
    .positive()
    .nullish()
    .describe('numbers of a band, all of which two duplicates have in common'),
  tokenizer_model: z.string().nullish().describe('no effect: only tokenization sentencepiece needs a model'),
})

export type MinHashParameters = z.infer<typeof minHashParameters>

const ray = (what: string) => z.union([z.number(), z.string()]).nullish().describe(`no effect: ${what} of Ray`)

/** The same for the deduplicators that Data-Juicer runs on Ray. */
export const rayMinHashParameters = minHashParameters.extend({
  union_find_parallel_num: ray('actors'),
  union_threshold: ray('buckets'),
  max_pending_edge_buffer_task: ray('tasks'),
  num_edge_buffer_task_returns: ray('tasks'),
  max_pending_filter_tasks: ray('tasks'),
  num_filter_task_returns: ray('tasks'),
  merge_batch_size: ray('batches'),
  minhash_batch_size: ray('batches'),
  memory_per_sample: ray('memory'),
  actor_memory: ray('memory'),
  task_memory: ray('memory'),
})
