import type { Codec } from '../../../schemas/codec.ts'
import type { Topology } from '../../../topologies/topology.ts'
import type { Broker } from '../../brokers/broker.ts'
import type { LetterChoice } from './choice.ts'
import type { Refusal } from './destination.ts'

/** What is to be done with dead letters, whatever it is. */
export interface LetterWork {
  broker: Broker
  codec: Codec
  pipeline: string
  topics: Topology['topics']
  choice: LetterChoice
  /** Settles at most so many. */
  limit: number
  /** Says what would be done, and does nothing. */
  dryRun: boolean
  /** A transaction settles at most so many letters and about so many bytes. */
  batch: { letters: number; bytes: number }
  signal: AbortSignal
  onSettled(letters: number): void
}

/** Letters that were refused for one reason. */
export interface RefusedLetters extends Refusal {
  letters: number
  /** Places of the first of them. */
  ids: string[]
}

/** What was done, or would be. */
export interface LetterReport {
  /** Outstanding letters that were chosen: settled, refused, or left. */
  chosen: number
  settled: number
  /** Where the settled ones go on, by operator; null stands for the door. Empty when they were discarded. */
  resumed: { operator: string | null; index: number; letters: number; restarted: boolean }[]
  /** Chosen ones that were tried too often. */
  exhausted: number
  refused: RefusedLetters[]
}

/** One transaction's size unless asked otherwise: large enough to be fast, small enough for a killed one to be done again. */
export const BATCH: LetterWork['batch'] = { letters: 500, bytes: 4 * 1024 * 1024 }
