import type { Codec } from '../../../schemas/codec.ts'
import type { Failure } from '../../../topologies/failure.ts'
import type { Catalog, OperatorContext } from '../../../topologies/operator.ts'
import type { Stage, Topology } from '../../../topologies/topology.ts'
import type { Delivery, OutgoingRecord } from '../../brokers/broker.ts'
import type { Probing } from '../dataset/probing.ts'
import type { Mark } from '../thread/mark.ts'
import type { Watch } from './chain.ts'
import type { Decoder } from './decode.ts'
import type { BatchTally } from './tally.ts'

/** What one batch of records became: records per kind of topic, in input order, and the counts for the ledger. */
export interface BatchResult {
  output: OutgoingRecord[]
  rejected: OutgoingRecord[]
  deadLetters: OutgoingRecord[]
  /** What goes to other topics and partitions than those of the stage. */
  elsewhere: Delivery[]
  tally: BatchTally
  /** Is called once all of it is final. */
  settled?(): Promise<void>
}

export interface StageParts {
  topology: Topology
  stage: Stage
  catalog: Catalog
  context: OperatorContext
  codec: Codec
  /** Is moved along with the work. */
  mark?: Mark
}

/** How a batch is processed otherwise than as usual. */
export interface Trial {
  /** Its number, for the mark. */
  batch?: number
  /** What is known of a batch of one record: at this place (-1: decoding) it takes down the thread. */
  condemned?: { place: number; failure: Failure }
}

/** What the records of one batch are processed with. */
export interface Work {
  parts: StageParts
  partition: number
  decode: Decoder
  watch: Watch
  condemned: Trial['condemned']
  /** Where documents leave probes. */
  probing: Probing | null
  /** Longest value that a topic takes. Bytes. */
  room: number
}
