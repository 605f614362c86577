import type { Codec } from '../../schemas/codec.ts'
import type { EdgeBlock } from '../../schemas/dataset.ts'
import type { DatasetLink } from '../../topologies/topology.ts'
import type { Broker, Delivery, IncomingRecord } from '../brokers/broker.ts'
import { emptyTally } from '../worker/chain/tally.ts'
import type { BatchResult } from '../worker/chain/work.ts'
import type { Processor } from '../worker/processor.ts'
import { Clusters } from './clusters.ts'
import { verdictRecords } from './verdict-records.ts'

export interface JudgeParts {
  broker: Broker
  link: DatasetLink
  codec: Codec
}

/** A data set that has not ended in every shard. */
interface Open {
  clusters: Clusters
  ended: Set<number>
}

/** Gathers the edges of a data set from all shards, and when it has ended says which documents go. Its state is its topic. */
export class JudgeProcessor implements Processor {
  readonly inOrder = true
  readonly #parts: JudgeParts
  #open = new Map<number, Open>()

  constructor(parts: JudgeParts) {
    this.#parts = parts
  }

  async resume(_partition: number, position: bigint, signal: AbortSignal): Promise<void> {
    this.#open = new Map()
    const { broker, link, codec } = this.#parts
    if (position === 0n || !link.edges) return
    for await (const { records } of broker.read(link.edges, { partitions: [0], until: 'end', signal })) {
      for (const { offset, value } of records) {
        if (offset >= position) return
        if (value) this.#take(codec.decodeEdges(value))
      }
    }
  }

  async process(records: IncomingRecord[]): Promise<BatchResult> {
    const deliveries: Delivery[] = []
    for (const { value } of records) if (value) deliveries.push(...this.#take(this.#parts.codec.decodeEdges(value)))
    const tally = { ...emptyTally([]), records: records.length }
    return { output: [], rejected: [], deadLetters: [], elsewhere: deliveries, tally }
  }

  async close(): Promise<void> {
    this.#open.clear()
  }

  #take({ shard, dataset, edges, ended, through }: EdgeBlock): Delivery[] {
    const state = this.#open.get(dataset) ?? { clusters: new Clusters(), ended: new Set() }
    this.#open.set(dataset, state)
    for (const edge of edges) state.clusters.add(edge)
    if (ended === null) return []
    state.ended.add(shard)
    if (state.ended.size < this.#parts.link.shards) return []
    this.#open.delete(dataset)
    return this.#verdicts(state.clusters, through)
  }

  /** Every partition has a last word, be it that nothing goes. */
  #verdicts(clusters: Clusters, through: bigint[]): Delivery[] {
    const { codec, link } = this.#parts
    const verdicts = clusters.verdicts()
    return through.map((block, partition) => ({
      topic: link.verdicts,
      partition,
      records: verdictRecords(verdicts.get(partition) ?? [], { answerer: 0, through: block }, codec),
    }))
  }
}
