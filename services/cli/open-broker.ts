import type { Broker } from '../brokers/broker.ts'
import type { Log } from '../worker/parts.ts'
import { home } from './settings.ts'

export interface OpenOptions {
  /** `local`, `memory`, or addresses `HOST:PORT,…`; MILLRACE_BROKERS, then `local`, when not given. */
  choice: string | undefined
  /** Says what is being done, a line at a time. */
  tell(line: string): void
  log: Log
}

/** Opens the broker that the user chose. Without a choice: an existing cluster, else local Kafka, else, said aloud, memory. */
export async function openBroker({ choice, tell, log }: OpenOptions): Promise<Broker> {
  const named = choice ?? process.env.MILLRACE_BROKERS
  if (named === 'memory') return openMemory()
  if (named !== undefined && named !== 'local')
    return openKafka(
      named.split(',').map((part) => part.trim()),
      log,
    )
  const { javaAvailable } = await import('../brokers/local/java.ts')
  if (named === undefined && !(await javaAvailable())) {
    tell(
      'No Java 17 with Maven here, so the embedded broker is used: everything works, but nothing outlives this process.',
    )
    return openMemory()
  }
  const { startLocalBroker } = await import('../brokers/local/local.ts')
  const { address } = await startLocalBroker({ home: home(), onProgress: tell })
  return openKafka([address], log)
}

async function openMemory(): Promise<Broker> {
  const { memoryBroker } = await import('../brokers/memory/memory.ts')
  return memoryBroker()
}

async function openKafka(brokers: string[], logger: Log): Promise<Broker> {
  const { connectKafka } = await import('../brokers/kafka/kafka.ts')
  return connectKafka({ brokers, logger })
}
