import { createHash } from 'node:crypto'
import type { Codec } from '../../schemas/codec.ts'
import type { ProbeBlock } from '../../schemas/dataset.ts'
import { Failure } from '../../topologies/failure.ts'
import type { DatasetLink, Topology } from '../../topologies/topology.ts'
import type { Broker, Delivery, IncomingRecord } from '../brokers/broker.ts'
import { emptyTally } from '../worker/chain/tally.ts'
import type { BatchResult } from '../worker/chain/work.ts'
import type { Processor } from '../worker/processor.ts'
import type { Answers, Fold, Turn } from './folds/fold.ts'
import { advance, copyOf, datasetOf, emptyProgress, type Progress, readProgress, writeProgress } from './progress.ts'
import { keyOf } from './store/keys.ts'
import type { Change, OpenStore, Store } from './store/store.ts'

export interface IndexParts {
  broker: Broker
  topology: Topology
  link: DatasetLink
  codec: Codec
  openStore: OpenStore
  foldOf(shard: number): Fold
}

/** One partition of the log, and what was made of it. */
interface Shard {
  store: Store
  progress: Progress
  fold: Fold
}

const PROGRESS = keyOf('meta')
/** How many bytes of the log are folded at once when a store is made anew. */
const REBUILD_BYTES = 8 * 2 ** 20

/**
 * Folds the log of probes into a store, and tells what it finds. The store is written behind the commit, so it never knows
 * more than what is final; when it lies behind, or is gone, it is made anew from the log.
 */
export class IndexProcessor implements Processor {
  readonly inOrder = true
  readonly #parts: IndexParts
  readonly #partitions: number
  readonly #shards = new Map<number, Shard>()

  constructor(parts: IndexParts) {
    this.#parts = parts
    this.#partitions = parts.topology.channels.find(({ kind }) => kind === 'raw')?.partitions ?? 1
  }

  async resume(partition: number, position: bigint, signal: AbortSignal): Promise<void> {
    const { openStore, foldOf } = this.#parts
    const store = this.#shards.get(partition)?.store ?? (await openStore(String(partition)))
    const progress = readProgress((await store.getMany([PROGRESS]))[0]) ?? emptyProgress()
    const shard = { store, progress, fold: foldOf(partition) }
    this.#shards.set(partition, shard)
    if (progress.applied > position || !(await this.#isOfThisLog(partition, progress))) {
      await store.clear()
      shard.progress = emptyProgress()
    }
    await this.#catchUp(partition, shard, position, signal)
  }

  async process(records: IncomingRecord[], partition: number): Promise<BatchResult> {
    const shard = this.#shards.get(partition)
    if (!shard) throw new Error('a batch came before its partition was resumed')
    const { progress, changes, answers } = await this.#fold(shard, records)
    const tally = { ...emptyTally([]), records: records.length }
    return {
      output: [],
      rejected: [],
      deadLetters: [],
      elsewhere: this.#deliveries(answers),
      tally,
      settled: () => apply(shard, progress, changes),
    }
  }

  async leave(partition: number): Promise<void> {
    const shard = this.#shards.get(partition)
    this.#shards.delete(partition)
    await shard?.store.close()
  }

  async close(): Promise<void> {
    for (const partition of [...this.#shards.keys()]) await this.leave(partition)
  }

  #deliveries({ edges, verdicts }: Answers): Delivery[] {
    const { link } = this.#parts
    const toGates = [...verdicts].map(([partition, records]) => ({ topic: link.verdicts, partition, records }))
    return link.edges ? [{ topic: link.edges, partition: 0, records: edges }, ...toGates] : toGates
  }

  async #fold(shard: Shard, records: IncomingRecord[]) {
    const progress = copyOf(shard.progress)
    const turns: Turn[] = []
    for (const record of records) {
      const block = this.#read(record)
      const dataset = datasetOf(progress, block)
      const own = block.pipeline === this.#parts.topology.pipeline
      turns.push({ block, dataset, own, first: progress.documents, ended: advance(progress, block, this.#partitions) })
      progress.documents += block.documents.length
      progress.applied = record.offset + 1n
    }
    const last = records.at(-1)
    if (last) progress.last = digest(last)
    return { progress, ...(await shard.fold.fold(shard.store, turns)) }
  }

  /** Throws Failure `index_differs` for a block that another operator left, or one with other parameters. */
  #read({ value }: IncomingRecord): ProbeBlock {
    const { codec, link } = this.#parts
    const block = codec.decodeProbes(value ?? Buffer.alloc(0))
    if (block.operator === link.operator.name && block.parameters === link.fingerprint) return block
    throw new Failure(
      'index_differs',
      `The index ${link.probes} was made by ${block.operator} with other parameters (fingerprint ${block.parameters}) than ${link.operator.name} has here (${link.fingerprint}), so its keys say nothing of these documents. Set the parameters back, or name another index (stream.index).`,
    )
  }

  /** Folds what is final and not yet in the store, and keeps what it says to itself: it was said before. */
  async #catchUp(partition: number, shard: Shard, position: bigint, signal: AbortSignal): Promise<void> {
    if (shard.progress.applied >= position) return
    let waiting: IncomingRecord[] = []
    let bytes = 0
    const fold = async () => {
      const { progress, changes } = await this.#fold(shard, waiting)
      await apply(shard, progress, changes)
      waiting = []
      bytes = 0
    }
    for await (const record of this.#log(partition, shard.progress.applied, position)) {
      if (signal.aborted) return
      waiting.push(record)
      bytes += record.value?.length ?? 0
      if (bytes >= REBUILD_BYTES) await fold()
    }
    if (waiting.length > 0) await fold()
  }

  async #isOfThisLog(partition: number, { applied, last }: Progress): Promise<boolean> {
    if (last === '') return true
    const [bounds] = (await this.#parts.broker.bounds(this.#parts.link.probes)).slice(partition)
    if (!bounds || applied > bounds.latest || applied <= bounds.earliest) return false
    for await (const record of this.#log(partition, applied - 1n, applied)) return digest(record) === last
    return false
  }

  async *#log(partition: number, from: bigint, to: bigint): AsyncGenerator<IncomingRecord> {
    const { broker, link } = this.#parts
    if (from >= to) return
    const options = { from: new Map([[partition, from]]), partitions: [partition], until: 'end' as const }
    for await (const { records } of broker.read(link.probes, options)) {
      for (const record of records) {
        if (record.offset >= to) return
        yield record
      }
    }
  }
}

async function apply(shard: Shard, progress: Progress, changes: Change[]): Promise<void> {
  await shard.store.write([...changes, { type: 'put', key: PROGRESS, value: writeProgress(progress) }])
  shard.progress = progress
}

function digest({ value }: IncomingRecord): string {
  return createHash('sha256')
    .update(value ?? '')
    .digest('base64')
}
