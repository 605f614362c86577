import { describe } from 'vitest'
import { connectKafka } from '../../services/brokers/kafka/kafka.ts'
import { testKafka } from '../support/kafka.ts'
import { brokerContract } from './broker.ts'

const kafka = await testKafka()

describe.skipIf(!kafka)(`Kafka: ${kafka?.description ?? 'none here'}`, { timeout: 60_000 }, () => {
  brokerContract(() => connectKafka({ brokers: kafka?.brokers ?? [] }))
})
