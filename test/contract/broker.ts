import { afterAll, beforeAll } from 'vitest'
import type { Broker } from '../../services/brokers/broker.ts'
import { Bench } from './bench.ts'
import { consumerContract } from './consumers.ts'
import { producingContract } from './producing.ts'
import { readingContract } from './reading.ts'
import { transactionContract } from './transactions.ts'

/** What every broker must do, whichever it is: the suite that all implementations pass. */
export function brokerContract(open: () => Promise<Broker>): void {
  const bench = new Bench()
  beforeAll(() => bench.open(open), 120_000)
  afterAll(() => bench.close(), 60_000)

  producingContract(bench)
  transactionContract(bench)
  readingContract(bench)
  consumerContract(bench)
}
