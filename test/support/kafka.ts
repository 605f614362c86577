import { javaAvailable } from '../../services/brokers/local/java.ts'
import { localBrokerStatus, startLocalBroker, stopLocalBroker } from '../../services/brokers/local/local.ts'

/** The Kafka of a test run, and where it comes from. */
export interface TestKafka {
  brokers: string[]
  /** For people: which broker the run used. */
  description: string
}

let found: Promise<TestKafka | null> | null = null

/**
 * The Kafka that tests use: MILLRACE_BROKERS, else the local one on the JVM (started when it does not run), else one in Docker; null
 * when there is none of them. Says once which.
 */
export function testKafka(): Promise<TestKafka | null> {
  found ??= find()
  return found
}

async function find(): Promise<TestKafka | null> {
  const kafka = await choose()
  console.info(
    kafka
      ? `Kafka tests run on ${kafka.description}.`
      : 'Kafka tests are skipped: no MILLRACE_BROKERS, no Java 17 with Maven, no Docker.',
  )
  return kafka
}

async function choose(): Promise<TestKafka | null> {
  const given = process.env.MILLRACE_BROKERS
  if (given)
    return {
      brokers: given.split(',').map((part) => part.trim()),
      description: `the cluster of MILLRACE_BROKERS (${given})`,
    }
  if (await javaAvailable()) {
    const { address } = await startLocalBroker()
    return { brokers: [address], description: `the local Kafka at ${address}` }
  }
  const { kafkaInDocker } = await import('./kafka-container.ts')
  return kafkaInDocker()
}

/** As a global setup of vitest: stops, at the end of the run, a local Kafka that did not run before it. */
export default async function setup(): Promise<() => Promise<void>> {
  const before = await localBrokerStatus()
  return async () => {
    if (!before) await stopLocalBroker()
  }
}
