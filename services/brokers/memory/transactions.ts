import { Failure } from '../../../topologies/failure.ts'
import type { Delivery, Position, ProducerOptions, Transaction, Transactor } from '../broker.ts'
import type { MemoryCluster } from './cluster.ts'
import type { PartitionLog, TransactionState } from './partition-log.ts'

const DEFAULT_TRANSACTION_TIMEOUT = 60_000

/** What the broker knows of a transactional id: its newest holder and the transaction that is under way. */
interface Identity {
  epoch: number
  open: OpenTransaction | null
}

interface OpenTransaction extends TransactionState {
  logs: Set<PartitionLog>
  offsets: { group: string; positions: Position[] }[]
  expiry: NodeJS.Timeout
  expired: boolean
}

/** The transaction coordinator. */
export class MemoryTransactions {
  readonly #cluster: MemoryCluster
  readonly #identities = new Map<string, Identity>()

  constructor(cluster: MemoryCluster) {
    this.#cluster = cluster
  }

  transactor(id: string, options: ProducerOptions): Transactor {
    const identity = this.#identities.get(id) ?? { epoch: 0, open: null }
    this.#identities.set(id, identity)
    return new MemoryTransactor(id, {
      cluster: this.#cluster,
      identity,
      timeout: options.transactionTimeout ?? DEFAULT_TRANSACTION_TIMEOUT,
    })
  }
}

interface TransactorParts {
  cluster: MemoryCluster
  identity: Identity
  timeout: number
}

class MemoryTransactor implements Transactor {
  readonly #id: string
  readonly #parts: TransactorParts
  #epoch: number | null = null

  constructor(id: string, parts: TransactorParts) {
    this.#id = id
    this.#parts = parts
  }

  async init(): Promise<void> {
    const { identity } = this.#parts
    if (identity.open) settle(identity, identity.open, 'aborted')
    identity.epoch++
    this.#epoch = identity.epoch
  }

  async begin(): Promise<Transaction> {
    const { identity } = this.#parts
    this.#requireNewest()
    if (identity.open)
      throw new Failure('broker_failed', `A transaction of ${this.#id} is open; end it before the next one.`)
    const open = this.#open()
    identity.open = open
    return {
      send: async (deliveries) => this.#send(open, deliveries),
      sendOffsets: async (group, positions) => {
        this.#requireOpen(open)
        open.offsets.push({ group, positions })
      },
      commit: async () => {
        this.#requireOpen(open)
        for (const { group, positions } of open.offsets) this.#parts.cluster.commit(group, positions)
        settle(identity, open, 'committed')
      },
      abort: async () => {
        this.#requireOpen(open)
        settle(identity, open, 'aborted')
      },
    }
  }

  async close(): Promise<void> {
    this.#epoch = null
  }

  #open(): OpenTransaction {
    const { identity, timeout } = this.#parts
    const open: OpenTransaction = {
      outcome: 'open',
      logs: new Set(),
      offsets: [],
      expiry: setTimeout(expire, timeout),
      expired: false,
    }
    open.expiry.unref()
    return open

    /** Kafka aborts what takes too long, and fences the holder. */
    function expire(): void {
      if (identity.open !== open) return
      settle(identity, open, 'aborted')
      open.expired = true
      identity.epoch++
    }
  }

  #send(open: OpenTransaction, deliveries: Delivery[]): void {
    this.#requireOpen(open)
    for (const log of this.#parts.cluster.append(deliveries, open)) open.logs.add(log)
  }

  #requireOpen(open: OpenTransaction): void {
    if (open.expired)
      throw new Failure(
        'transaction_lost',
        `A transaction of ${this.#id} was open for too long, and the broker has ended it.`,
      )
    this.#requireNewest()
    if (this.#parts.identity.open !== open)
      throw new Failure('broker_failed', `This transaction of ${this.#id} has ended.`)
  }

  #requireNewest(): void {
    if (this.#epoch === null)
      throw new Failure('broker_failed', `The transactor ${this.#id} is not initialised; call init first.`)
    if (this.#epoch === this.#parts.identity.epoch) return
    throw new Failure(
      'producer_fenced',
      `A newer holder of the transactional id ${this.#id} has taken over. Call init first.`,
    )
  }
}

function settle(identity: Identity, open: OpenTransaction, outcome: 'committed' | 'aborted'): void {
  clearTimeout(open.expiry)
  open.outcome = outcome
  identity.open = null
  for (const log of open.logs) log.settle(open)
}
