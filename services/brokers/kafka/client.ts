import { createRequire } from 'node:module'
import type { Kafka, KafkaConfig, Logger, logCreator } from 'kafkajs'
import { CLIENT_RETRY } from './retry.ts'
import { securityFrom } from './security.ts'
import { limitBatches } from './wire/compression.ts'
import type { FetchedPartition } from './wire/fetched-batch.ts'
import { installPatches } from './wire/patches.ts'

/** The part of a structured logger that is used here: fields, then a sentence. */
export interface Log {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export interface ClientOptions {
  /** Addresses `host:port` of a few brokers of the cluster. */
  brokers: string[]
  logger?: Log
  clientId?: string
  /** Where security settings are looked up; the process' environment when not given. */
  env?: Record<string, string | undefined>
  /** A request that is not answered for so long is given up. Milliseconds; 30,000 when not given. */
  requestTimeout?: number
  /** What takes connections and says nothing is given up after so long, at the start. Milliseconds; 15,000 when not given. */
  silencePatience?: number
}

export interface Client {
  kafka: Kafka
  log: Log
  /** Connections of their own to the cluster, for requests that kafkajs has no public call for. The caller disconnects them. */
  cluster(): Cluster
}

interface PartitionMetadata {
  partitionId: number
  leader: number
}

/** A connection to one broker: the requests of kafkajs' inside that are used here. */
export interface Node {
  metadata(topics: string[]): Promise<{ topicMetadata: { topic: string; partitionMetadata: PartitionMetadata[] }[] }>
  listOffsets(request: {
    isolationLevel: number
    topics: { topic: string; partitions: { partition: number; timestamp: number }[] }[]
  }): Promise<{ responses: { topic: string; partitions: { partition: number; offset: string }[] }[] }>
  offsetFetch(request: {
    groupId: string
    topics: { topic: string; partitions: { partition: number }[] }[]
  }): Promise<{ responses: { topic: string; partitions: { partition: number; offset: string }[] }[] }>
  fetch(request: {
    isolationLevel: number
    maxWaitTime: number
    minBytes: number
    maxBytes: number
    topics: { topic: string; partitions: { partition: number; fetchOffset: string; maxBytes: number }[] }[]
  }): Promise<{ responses: { topicName: string; partitions: FetchedPartition[] }[] }>
}

/** kafkajs' view of a cluster, as far as it is used here. */
export interface Cluster {
  connect(): Promise<void>
  disconnect(): Promise<void>
  refreshMetadata(): Promise<void>
  findBroker(node: { nodeId: number }): Promise<Node>
  findGroupCoordinator(group: { groupId: string }): Promise<Node>
  brokerPool: { findConnectedBroker(): Promise<Node> }
}

const load = createRequire(import.meta.url)

const SILENT: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

/** Time for a TCP and TLS handshake on a busy machine. Milliseconds. */
const CONNECTION_TIMEOUT = 5000
const REQUEST_TIMEOUT = 30_000

/** kafkajs with our parts in it. */
export function loadKafkajs(): typeof import('kafkajs') {
  installPatches()
  return load('kafkajs') as typeof import('kafkajs')
}

/** A client of the cluster; connects to nothing yet. Throws `usage` for wrong security settings. */
export function createClient(options: ClientOptions): Client {
  const log = options.logger ?? SILENT
  const { Kafka: KafkaClient, logLevel } = loadKafkajs()
  const env = options.env ?? process.env
  const security = securityFrom(env)
  limitBatches(env)
  if (security.sasl?.mechanism === 'plain' && !security.ssl)
    log.warn({}, 'the password travels in the clear: MILLRACE_KAFKA_SASL_MECHANISM is plain, and TLS is off')
  const config: KafkaConfig = {
    ...security,
    brokers: options.brokers,
    clientId: options.clientId ?? 'millrace',
    connectionTimeout: CONNECTION_TIMEOUT,
    requestTimeout: options.requestTimeout ?? REQUEST_TIMEOUT,
    retry: CLIENT_RETRY,
    logLevel: options.logger ? logLevel.INFO : logLevel.NOTHING,
    logCreator: logTo(log),
  }
  const kafka = new KafkaClient(config)
  return { kafka, log, cluster: () => createCluster(kafka.logger(), config) }
}

/** All that kafkajs says is detail for us: what matters reaches the caller as a Failure or is logged by our own consumer. */
function logTo(log: Log): logCreator {
  return () =>
    ({ namespace, label, log: entry }) =>
      log.debug({ kafkajs: namespace, level: label }, entry.message)
}

function createCluster(logger: Logger, config: KafkaConfig): Cluster {
  const InnerCluster = load('kafkajs/src/cluster') as new (options: object) => Cluster
  const socketFactory = load('kafkajs/src/network/socketFactory') as () => unknown
  return new InnerCluster({
    ...config,
    logger,
    socketFactory: socketFactory(),
    allowAutoTopicCreation: false,
    maxInFlightRequests: null,
  })
}
