import { z } from 'zod'
import type { ProbeBlock } from '../../schemas/dataset.ts'

const count = z.int().nonnegative()

/** How far a shard has read its log, as its store has it. */
export const progressSchema = z.strictObject({
  /** The offset behind the last record that is in the store. */
  applied: z.string().regex(/^\d+$/).transform(BigInt),
  /** SHA-256 of that record, so that a store of another log is known; empty when there is none. */
  last: z.string(),
  /** Documents so far: the next one has this number. */
  documents: count,
  pipelines: z.record(
    z.string(),
    z.strictObject({
      /** Data sets that have ended on all partitions. */
      ended: count,
      /** By partition: the numbers of the blocks in which data sets ended, from the first that has not ended everywhere. */
      borders: z.array(z.array(z.string())),
      /** Documents of the data sets from that one on. */
      totals: z.array(count),
    }),
  ),
})

export type Progress = z.infer<typeof progressSchema>
type PipelineProgress = Progress['pipelines'][string]

export function emptyProgress(): Progress {
  return { applied: 0n, last: '', documents: 0, pipelines: {} }
}

export function copyOf(progress: Progress): Progress {
  return structuredClone(progress)
}

export function writeProgress(progress: Progress): Buffer {
  return Buffer.from(JSON.stringify({ ...progress, applied: String(progress.applied) }))
}

/** Null for what is no progress: the store is then made anew. */
export function readProgress(bytes: Buffer | undefined): Progress | null {
  if (!bytes) return null
  try {
    return progressSchema.safeParse(JSON.parse(bytes.toString())).data ?? null
  } catch {
    return null
  }
}

/** The data set that the documents of a block belong to. */
export function datasetOf(progress: Progress, { pipeline, partition }: ProbeBlock): number {
  const { ended, borders } = of(progress, pipeline)
  return ended + (borders[partition]?.length ?? 0)
}

/** A data set that has ended on all partitions. */
export interface Ended {
  dataset: number
  run: string
  /** By partition: number of the block that ended it. */
  through: bigint[]
  documents: number
}

/** Counts a block's documents and ends; gives the data sets that have ended with it everywhere. */
export function advance(progress: Progress, block: ProbeBlock, partitions: number): Ended[] {
  const state = of(progress, block.pipeline)
  const before = state.borders[block.partition]?.length ?? 0
  state.totals[before] = (state.totals[before] ?? 0) + block.total
  for (let i = 0; i <= before; i++) state.totals[i] ??= 0
  const all: Ended[] = []
  for (const run of block.ended) {
    for (let i = 0; i < partitions; i++) state.borders[i] ??= []
    state.borders[block.partition]?.push(String(block.block))
    if (!state.borders.slice(0, partitions).every(({ length }) => length > 0)) continue
    const through = state.borders.map((borders) => BigInt(borders.shift() ?? 0))
    all.push({ dataset: state.ended++, run, through, documents: state.totals.shift() ?? 0 })
  }
  return all
}

function of(progress: Progress, pipeline: string): PipelineProgress {
  progress.pipelines[pipeline] ??= { ended: 0, borders: [], totals: [] }
  return progress.pipelines[pipeline]
}
