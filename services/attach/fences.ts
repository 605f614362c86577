import { classify } from '../../topologies/failure.ts'
import { transactionalId } from '../../topologies/names.ts'
import type { Broker, Delivery, Transactor } from '../brokers/broker.ts'
import { checkpoint } from '../worker/checkpoint.ts'

/** The transactional producers of a member, one for each of its partitions: each fences that of the partition's former owner. */
export class Fences {
  readonly #broker: Broker
  readonly #group: string
  readonly #topic: string
  readonly #transactors = new Map<number, Transactor>()
  /** The commit under way: nobody may fence while it is. */
  #working: Promise<unknown> = Promise.resolve()

  constructor(broker: Broker, group: string, topic: string) {
    this.#broker = broker
    this.#group = group
    this.#topic = topic
  }

  /** Fences the former owners of these partitions. To be awaited before their positions are read. */
  async raise(partitions: readonly number[]): Promise<void> {
    await this.#working
    for (const partition of partitions) {
      const transactor =
        this.#transactors.get(partition) ??
        (await this.#broker.transactor(transactionalId(this.#group, this.#topic, partition)))
      this.#transactors.set(partition, transactor)
      await transactor.init()
    }
  }

  /** Records and position in one transaction. False when another member has fenced this one. */
  commit(work: Work): Promise<boolean> {
    const committing = this.#commit(work)
    this.#working = committing.catch(() => undefined)
    return committing
  }

  async lower(): Promise<void> {
    await this.#working
    for (const transactor of this.#transactors.values()) await transactor.close()
    this.#transactors.clear()
  }

  async #commit({ partition, next, deliveries }: Work): Promise<boolean> {
    const transactor = this.#transactors.get(partition)
    if (!transactor) return false
    const position = { topic: this.#topic, partition, offset: next }
    try {
      await checkpoint(transactor, { deliveries: [...deliveries], group: this.#group, position })
      return true
    } catch (thrown) {
      if (classify(thrown).code === 'producer_fenced') return false
      throw thrown
    }
  }
}

/** What a member has done with some documents of a partition. */
interface Work {
  partition: number
  /** The offset behind them. */
  next: bigint
  deliveries: readonly Delivery[]
}
