import type { Broker, Transaction, Transactor } from '../../services/brokers/broker.ts'
import { Failure } from '../../topologies/failure.ts'

/**
 * A broker whose commits are now and then unclear: the answer is a time-out, and the transaction has happened or it has not.
 * `next` gives a number in [0, 1); below `share` a commit is unclear.
 */
export function flakyBroker(
  broker: Broker,
  options: { share: number; next(): number; onUnclear(happened: boolean): void },
): Broker {
  const unclear = () => new Failure('broker_timeout', 'The answer to a commit was lost.')
  const wrapped = (transaction: Transaction): Transaction => ({
    send: (deliveries) => transaction.send(deliveries),
    sendOffsets: (group, positions) => transaction.sendOffsets(group, positions),
    abort: () => transaction.abort(),
    async commit() {
      if (options.next() >= options.share) return transaction.commit()
      const happens = options.next() < 0.5
      options.onUnclear(happens)
      if (happens) await transaction.commit()
      throw unclear()
    },
  })
  return {
    ...bound(broker),
    async transactor(id, producerOptions): Promise<Transactor> {
      const transactor = await broker.transactor(id, producerOptions)
      return {
        init: () => transactor.init(),
        close: () => transactor.close(),
        begin: async () => wrapped(await transactor.begin()),
      }
    },
  }
}

/** The broker's methods as a plain object, so that a test can put others in their place. */
export function bound(broker: Broker): Broker {
  return {
    kind: broker.kind,
    address: broker.address,
    createTopics: (specs) => broker.createTopics(specs),
    deleteTopics: (topics) => broker.deleteTopics(topics),
    topics: () => broker.topics(),
    partitions: (topic) => broker.partitions(topic),
    bounds: (topic) => broker.bounds(topic),
    committed: (group, topic) => broker.committed(group, topic),
    producer: (options) => broker.producer(options),
    transactor: (id, options) => broker.transactor(id, options),
    consumer: (options) => broker.consumer(options),
    read: (topic, options) => broker.read(topic, options),
    close: () => broker.close(),
  }
}
