import { describe } from 'vitest'
import { memoryBroker } from '../../services/brokers/memory/memory.ts'
import { brokerContract } from './broker.ts'

describe('the memory broker', { timeout: 30_000 }, () => {
  brokerContract(async () => memoryBroker())
})
