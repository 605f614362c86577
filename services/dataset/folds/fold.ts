import type { ProbeBlock } from '../../../schemas/dataset.ts'
import type { OutgoingRecord } from '../../brokers/broker.ts'
import type { Ended } from '../progress.ts'
import type { Change, Store } from '../store/store.ts'

/** What a block brings to light: records for the stage's outputs, by partition. */
export interface Answers {
  /** For the judge. */
  edges: OutgoingRecord[]
  /** For the gates, by partition. */
  verdicts: Map<number, OutgoingRecord[]>
}

export function noAnswers(): Answers {
  return { edges: [], verdicts: new Map() }
}

/** A block of the log in its turn. */
export interface Turn {
  block: ProbeBlock
  /** The data set of its documents. */
  dataset: number
  /** Data sets that end with it. */
  ended: Ended[]
  /** The block is of the pipeline that asks: others only leave traces. */
  own: boolean
  /** The first document of the block has this number; the others follow. */
  first: number
}

/**
 * What an index keeps of its log, and what it says of it: a pure fold. `fold` looks only at the store and at the blocks, and
 * changes nothing; the changes it gives are written once what it said is final.
 */
export interface Fold {
  fold(store: Store, turns: Turn[]): Promise<{ changes: Change[]; answers: Answers }>
}
