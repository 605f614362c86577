import type { Broker, Transaction, Transactor } from '../../../services/brokers/broker.ts'

/** Where a transaction can be cut short: on either side of each of its steps. */
export const STEPS = ['init', 'begin', 'send', 'sendOffsets', 'commit', 'committed'] as const
export type Step = (typeof STEPS)[number]

/**
 * A broker that tells before every step of a transaction, and behind the last, that it comes; who is told may end the world
 * there: throw, or kill the process.
 */
export function fatalBroker(broker: Broker, reached: (step: Step) => void): Broker {
  const wrapped = (transaction: Transaction): Transaction => ({
    async send(deliveries) {
      reached('send')
      await transaction.send(deliveries)
    },
    async sendOffsets(group, positions) {
      reached('sendOffsets')
      await transaction.sendOffsets(group, positions)
    },
    async commit() {
      reached('commit')
      await transaction.commit()
      reached('committed')
    },
    abort: () => transaction.abort(),
  })
  const transactorOf = (transactor: Transactor): Transactor => ({
    async init() {
      reached('init')
      await transactor.init()
    },
    async begin() {
      reached('begin')
      return wrapped(await transactor.begin())
    },
    close: () => transactor.close(),
  })
  return new Proxy(broker, {
    get(target, name) {
      if (name === 'transactor') {
        return async (...args: Parameters<Broker['transactor']>) => transactorOf(await target.transactor(...args))
      }
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
