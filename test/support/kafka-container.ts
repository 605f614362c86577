import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const IMAGE = 'apache/kafka:4.1.1'
const PORT = 29_092

/** Kafka in a container, where Docker answers; null elsewhere. The container ends with the test process. */
export async function kafkaInDocker(): Promise<{ brokers: string[]; description: string } | null> {
  try {
    await promisify(execFile)('docker', ['info'])
  } catch {
    return null
  }
  const { GenericContainer, Wait } = await import('testcontainers')
  // The advertised address must be known before the start, hence a port of the host that is fixed.
  const address = `127.0.0.1:${PORT}`
  await new GenericContainer(IMAGE)
    .withExposedPorts({ container: PORT, host: PORT })
    .withEnvironment({
      KAFKA_NODE_ID: '1',
      KAFKA_PROCESS_ROLES: 'broker,controller',
      KAFKA_LISTENERS: `PLAINTEXT://:${PORT},CONTROLLER://:9093`,
      KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://${address}`,
      KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
      KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
    })
    .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/))
    .start()
  return { brokers: [address], description: `Kafka in Docker (${IMAGE}) at ${address}` }
}
