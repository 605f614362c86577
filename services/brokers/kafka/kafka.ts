import { setTimeout as sleep } from 'node:timers/promises'
import type { Admin } from 'kafkajs'
import { Failure } from '../../../topologies/failure.ts'
import type { Broker, Consumer, Producer, TopicSpec, Transactor } from '../broker.ts'
import { type Client, type ClientOptions, type Cluster, createClient } from './client.ts'
import { openConsumer } from './consumer.ts'
import { hungUp, kafkaFailure, throwUnless } from './failures.ts'
import { groupOffsets, leaders, offsetBounds } from './metadata.ts'
import { openProducer, type ProducerParts } from './producer.ts'
import { readTopic } from './read.ts'
import type { Concern } from './refusals.ts'
import { persistently } from './retry.ts'
import { KafkaTransactor } from './transactor.ts'

/** A dead address is noticed after this long. Milliseconds. */
const CONNECT_PATIENCE = 5000
/** What takes connections and says nothing is noticed after this long; kafkajs would try for a minute. Milliseconds. */
const SILENCE_PATIENCE = 15_000
/** How long questions to the cluster are asked again while it restarts. Milliseconds. */
const PATIENCE = 30_000
const CREATE_TIMEOUT = 15_000

/**
 * Most bytes of a record batch: below Kafka's default for `max.message.bytes`, and four of them fit into one fetch of a partition.
 * Larger batches were not faster, measured at 2, 4 and 8 MB.
 */
const BATCH_BYTES = 1_000_000
const REQUEST_BYTES = 16 * 1024 * 1024

/** Connects to a Kafka cluster. Rejects with `broker_unreachable`, `broker_denied` or, for wrong settings, `usage`. */
export async function connectKafka(options: ClientOptions): Promise<Broker> {
  const client = createClient(options)
  const cluster = client.cluster()
  const address = options.brokers.join(',')
  try {
    const connecting = persistently({ doing: `connecting to ${address}`, patience: CONNECT_PATIENCE }, async () => {
      await cluster.connect()
      await cluster.refreshMetadata()
    })
    const patience = options.silencePatience ?? SILENCE_PATIENCE
    const heard = await Promise.race([connecting.then(() => true), sleep(patience, false, { ref: false })])
    if (heard) return new KafkaBroker(client, cluster, address)
  } catch (error) {
    void cluster.disconnect().catch(() => undefined)
    throw unreachable(error, address)
  }
  void cluster.disconnect().catch(() => undefined)
  throw new Failure('broker_unreachable', `What listens at ${address} does not answer. Is it Kafka, and is it well?`)
}

function unreachable(error: unknown, address: string): Failure {
  const failure = kafkaFailure(error, { doing: `connecting to ${address}` })
  if (failure.code !== 'broker_unreachable') return failure
  if (hungUp(error)) {
    const cure =
      'Its listener may want TLS (MILLRACE_KAFKA_SSL=true) or a user (MILLRACE_KAFKA_SASL_MECHANISM), or not want TLS, or it is no Kafka.'
    return new Failure('broker_unreachable', `What listens at ${address} hangs up. ${cure}`, { cause: error })
  }
  const cure = 'Start one with "millrace broker start", or set MILLRACE_BROKERS to the addresses of a running cluster.'
  return new Failure('broker_unreachable', `No Kafka broker answers at ${address}. ${cure}`, { cause: error })
}

class KafkaBroker implements Broker {
  readonly kind = 'kafka'
  readonly address: string
  readonly #client: Client
  readonly #cluster: Cluster
  readonly #batchLimits = new Map<string, number>()
  readonly #open = new Set<{ close(): Promise<void> }>()

  constructor(client: Client, cluster: Cluster, address: string) {
    this.#client = client
    this.#cluster = cluster
    this.address = address
  }

  async createTopics(specs: TopicSpec[]): Promise<void> {
    const byName = new Map(specs.map((spec) => [spec.topic, spec]))
    // Who may not create topics may still use those that somebody else has created.
    const existing = new Set(await this.topics())
    const missing = [...byName.values()].filter(({ topic }) => !existing.has(topic))
    const topics = missing.map(({ topic, partitions, config = {} }) => ({
      topic,
      numPartitions: partitions,
      configEntries: Object.entries(config).map(([name, value]) => ({ name, value })),
    }))
    const doing = `creating topics ${missing.map(({ topic }) => topic).join(', ')}`
    if (missing.length > 0) {
      await this.#administer(doing, async (admin) => {
        try {
          await admin.createTopics({ topics, timeout: CREATE_TIMEOUT, waitForLeaders: false })
        } catch (error) {
          throwUnless(error, 'TOPIC_ALREADY_EXISTS')
        }
      })
    }
    for (const { topic, config } of byName.values()) this.#learnLimit(topic, config?.['max.message.bytes'])
    await Promise.all([...byName.keys()].map((topic) => this.#appeared(topic)))
  }

  #learnLimit(topic: string, bytes: string | undefined): void {
    const limit = Number(bytes)
    if (limit > 0) this.#batchLimits.set(topic, limit)
  }

  /** A topic exists for clients once its partitions have leaders; until then it may even be unknown. */
  async #appeared(topic: string): Promise<void> {
    await persistently({ doing: `waiting for topic ${topic}`, patience: CREATE_TIMEOUT }, async () => {
      try {
        await leaders(this.#cluster, topic)
      } catch (error) {
        const failure = kafkaFailure(error, { doing: `waiting for topic ${topic}` })
        throw failure.code === 'topic_missing'
          ? new Failure('broker_not_ready', failure.message, { cause: error })
          : failure
      }
    })
  }

  async deleteTopics(topics: string[]): Promise<void> {
    const existing = new Set(await this.topics())
    const doomed = [...new Set(topics)].filter((topic) => existing.has(topic))
    if (doomed.length === 0) return
    await this.#administer(`deleting topics ${doomed.join(', ')}`, async (admin) => {
      try {
        await admin.deleteTopics({ topics: doomed, timeout: CREATE_TIMEOUT })
      } catch (error) {
        throwUnless(error, 'UNKNOWN_TOPIC_OR_PARTITION')
      }
    })
    await Promise.all(doomed.map((topic) => this.#vanished(topic)))
  }

  async #vanished(topic: string): Promise<void> {
    await persistently({ doing: `waiting until topic ${topic} is gone`, patience: CREATE_TIMEOUT }, async () => {
      if ((await this.topics()).includes(topic))
        throw new Failure('broker_not_ready', `The topic ${topic} is still there.`)
    })
  }

  async topics(): Promise<string[]> {
    const names = await this.#ask({ doing: 'listing topics' }, async (cluster) => {
      const node = await cluster.brokerPool.findConnectedBroker()
      const { topicMetadata } = await node.metadata([])
      return topicMetadata.map(({ topic }) => topic)
    })
    return names.filter((name) => !name.startsWith('__')).sort()
  }

  partitions(topic: string): Promise<number> {
    const concern = { doing: `asking for the partitions of ${topic}` }
    return this.#ask(concern, async (cluster) => (await leaders(cluster, topic)).length)
  }

  bounds(topic: string): Promise<{ earliest: bigint; latest: bigint }[]> {
    const concern = { doing: `asking for the bounds of ${topic}` }
    return this.#ask(concern, (cluster) => offsetBounds(cluster, topic))
  }

  committed(group: string, topic: string): Promise<(bigint | null)[]> {
    const concern = { doing: `asking for the offsets of ${group}`, group }
    return this.#ask(concern, (cluster) => groupOffsets(cluster, group, topic))
  }

  async producer(options = {}): Promise<Producer> {
    return this.#keep(await openProducer(this.#producerParts(), options))
  }

  async transactor(transactionalId: string, options = {}): Promise<Transactor> {
    return this.#keep(new KafkaTransactor(this.#producerParts(), transactionalId, options))
  }

  async consumer(options: Parameters<Broker['consumer']>[0]): Promise<Consumer> {
    return this.#keep(await openConsumer(this.#client, options))
  }

  read(topic: string, options: Parameters<Broker['read']>[1]): ReturnType<Broker['read']> {
    return readTopic(this.#client, topic, options)
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open].map((part) => part.close()))
    await this.#cluster.disconnect().catch(() => undefined)
  }

  #producerParts(): ProducerParts {
    const batchBytes = (topic: string) => Math.min(this.#batchLimits.get(topic) ?? BATCH_BYTES, BATCH_BYTES)
    return { client: this.#client, limits: { batchBytes, requestBytes: REQUEST_BYTES } }
  }

  /** Whatever is still open when the broker is closed is closed with it. */
  #keep<T extends { close(): Promise<void> }>(part: T): T {
    const close = part.close.bind(part)
    part.close = () => {
      this.#open.delete(part)
      return close()
    }
    this.#open.add(part)
    return part
  }

  #ask<T>(concern: Concern, question: (cluster: Cluster) => Promise<T>): Promise<T> {
    const again = () => this.#cluster.refreshMetadata().catch(() => undefined)
    return persistently({ ...concern, patience: PATIENCE, again }, () => question(this.#cluster))
  }

  /** A fresh admin each time: one that is kept remembers topics, and stumbles over those that others have deleted. */
  async #administer(doing: string, work: (admin: Admin) => Promise<unknown>): Promise<void> {
    const admin = this.#client.kafka.admin()
    try {
      await persistently({ doing, patience: PATIENCE }, async () => {
        await admin.connect()
        await work(admin)
      })
    } finally {
      void admin.disconnect().catch(() => undefined)
    }
  }
}
