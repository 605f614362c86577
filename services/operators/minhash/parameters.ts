import { z } from 'zod'
import { Failure } from '../../../topologies/failure.ts'
import { commonParameters } from '../../../topologies/parameters.ts'
import { shingleParameters } from '../shingles/parameters.ts'

/** More would need a machine of its own to choose the bands. */
const MOST_PERMUTATIONS = 4096

/** The parameters of Data-Juicer's MinHash deduplicators. */
export const minHashParameters = commonParameters.extend({
  ...shingleParameters(5),
  tokenization: z
    .enum(['space', 'punctuation', 'character', 'sentencepiece'])
    .default('space')
    .describe(
      'what a text is cut at, or into: blanks, characters of punctuation, single characters, or pieces of SentencePiece',
    ),
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
  tokenizer_model: z
    .string()
    .nullish()
    .describe('for tokenization sentencepiece: the model, as a path below the assets; zh.sp.model, for example'),
})

export type MinHashParameters = z.infer<typeof minHashParameters>

/** The model of SentencePiece among the assets. Throws Failure `parameters_invalid` where none is named. */
export function pieceModelName({ tokenizer_model: name }: MinHashParameters): string {
  if (name) return name
  throw new Failure(
    'parameters_invalid',
    'tokenization sentencepiece needs a tokenizer_model: zh.sp.model, for example.',
  )
}

/** The assets of a deduplicator by MinHash. */
export function minHashAssets(parameters: MinHashParameters): string[] {
  return parameters.tokenization === 'sentencepiece' && parameters.tokenizer_model ? [parameters.tokenizer_model] : []
}

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
