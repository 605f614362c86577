import { setTimeout as sleep } from 'node:timers/promises'
import { classify, Failure } from '../../topologies/failure.ts'
import { transactionalId } from '../../topologies/names.ts'
import type { Broker, Transactor } from '../brokers/broker.ts'
import { type RefreshRecord, readRecord } from './manifest.ts'

const SUFFIX = '.refreshes'
const ATTEMPTS = 6
/** A manifest names every input file. */
const RECORD_BYTES = 32 * 2 ** 20

/** The topic that says what refreshes a pipeline has had: the last record under a name is what there is to say of it. */
export function refreshesTopic(pipeline: string): string {
  return `${pipeline}${SUFFIX}`
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/
const NAME_LIMIT = 120

/** A name is that of a directory, too. Throws Failure `usage`. */
export function requireRefreshName(name: string): void {
  if (NAME.test(name) && name.length <= NAME_LIMIT && !name.endsWith('.')) return
  throw new Failure(
    'usage',
    `"${name}" cannot name a refresh: a name begins with a letter or digit and holds only letters, digits, dot, underscore and dash, as 2026-11.`,
  )
}

/** The pipelines of a broker that have had refreshes. */
export async function refreshedPipelines(broker: Broker): Promise<string[]> {
  const topics = await broker.topics()
  return topics.flatMap((topic) => (topic.endsWith(SUFFIX) ? [topic.slice(0, -SUFFIX.length)] : [])).sort()
}

/** The refreshes of a pipeline by name, in the order in which they began to be known. */
export async function readRefreshes(broker: Broker, pipeline: string): Promise<Map<string, RefreshRecord>> {
  const topic = refreshesTopic(pipeline)
  const records = new Map<string, RefreshRecord>()
  try {
    for await (const batch of broker.read(topic, { until: 'end' })) {
      for (const { key, value, offset } of batch.records) {
        const name = key?.toString() ?? ''
        if (value) records.set(name, readRecord(value.toString(), `Record ${offset} of ${topic}`))
        else records.delete(name)
      }
    }
  } catch (thrown) {
    if (classify(thrown).code !== 'topic_missing') throw thrown
  }
  return records
}

/** Throws Failure `usage` naming those that there are. */
export async function findRefresh(broker: Broker, pipeline: string, name: string): Promise<RefreshRecord> {
  const all = await readRefreshes(broker, pipeline)
  const found = all.get(name)
  if (found) return found
  const known = all.size > 0 ? `It has ${[...all.keys()].join(', ')}.` : 'It has none.'
  throw new Failure('usage', `The pipeline ${pipeline} has no refresh ${name}. ${known}`)
}

/** The refreshes of a pipeline in the hands of one who makes them: whoever opens it takes it from those before. */
export class RefreshRegistry {
  readonly #broker: Broker
  readonly #pipeline: string
  readonly #transactor: Transactor

  private constructor(broker: Broker, pipeline: string, transactor: Transactor) {
    this.#broker = broker
    this.#pipeline = pipeline
    this.#transactor = transactor
  }

  static async open(broker: Broker, pipeline: string): Promise<RefreshRegistry> {
    const topic = refreshesTopic(pipeline)
    const config = { 'cleanup.policy': 'compact', 'max.message.bytes': String(RECORD_BYTES) }
    await broker.createTopics([{ topic, partitions: 1, config }])
    const transactor = await broker.transactor(transactionalId(topic, topic, 0))
    const registry = new RefreshRegistry(broker, pipeline, transactor)
    try {
      await transactor.init()
      return registry
    } catch (thrown) {
      await registry.close()
      throw thrown
    }
  }

  read(): Promise<Map<string, RefreshRecord>> {
    return readRefreshes(this.#broker, this.#pipeline)
  }

  /** Says something of a name, or with null that it stands for nothing any more. To say it twice is to say it once. */
  async publish(name: string, record: RefreshRecord | null): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#send(name, record)
      } catch (thrown) {
        const failure = classify(thrown)
        if (failure.code === 'producer_fenced') throw takenOver(this.#pipeline)
        if (!failure.retryable || attempt === ATTEMPTS) throw failure
        await sleep(100 * 2 ** attempt)
        await this.#transactor.init()
      }
    }
  }

  async close(): Promise<void> {
    await this.#transactor.close()
  }

  async #send(name: string, record: RefreshRecord | null): Promise<void> {
    const value = record && Buffer.from(JSON.stringify(record))
    const transaction = await this.#transactor.begin()
    const topic = refreshesTopic(this.#pipeline)
    await transaction.send([{ topic, partition: 0, records: [{ key: Buffer.from(name), value }] }])
    await transaction.commit()
  }
}

function takenOver(pipeline: string): Failure {
  return new Failure(
    'feed_taken_over',
    `Another refresh of the pipeline ${pipeline} began; this one stopped. The newer one goes on where it stopped.`,
  )
}
