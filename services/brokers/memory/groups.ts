import type { Consumer, ConsumerOptions, Position, TopicPartition } from '../broker.ts'
import type { MemoryCluster } from './cluster.ts'
import type { PartitionLog } from './partition-log.ts'

const DEFAULT_PARTITION_BYTES = 4 * 1024 * 1024

/** The group coordinator: who reads which partition. */
export class MemoryGroups {
  readonly #cluster: MemoryCluster
  readonly #members = new Map<string, Set<Member>>()

  constructor(cluster: MemoryCluster) {
    this.#cluster = cluster
  }

  /** Joins the group, which gives every member its partitions anew. Rejects with `topic_missing`. */
  async join(options: ConsumerOptions): Promise<Consumer> {
    for (const topic of options.topics) this.#cluster.partitions(topic)
    const members = this.#members.get(options.group) ?? new Set()
    this.#members.set(options.group, members)
    const member = new Member(this.#cluster, options, () => {
      members.delete(member)
      this.#rebalance(members)
    })
    members.add(member)
    this.#rebalance(members)
    return member
  }

  /** Deals the partitions of all topics out to those who subscribe to them, one each in turn. */
  #rebalance(members: Set<Member>): void {
    const dealt = new Map([...members].map((member) => [member, [] as PartitionLog[]]))
    const topics = new Set([...members].flatMap(({ topics }) => topics))
    let turn = 0
    for (const topic of [...topics].filter((name) => this.#cluster.has(name))) {
      const subscribers = [...members].filter((member) => member.topics.includes(topic))
      for (const log of this.#cluster.partitions(topic)) {
        const member = subscribers[turn++ % subscribers.length]
        if (member) dealt.get(member)?.push(log)
      }
    }
    // Everything is taken from everyone before anybody is given anything: no partition has two owners.
    for (const member of members) member.revoke()
    for (const [member, logs] of dealt) member.assign(logs)
  }
}

interface Flow {
  log: PartitionLog
  /** Null until `readFrom` says where to begin. */
  next: bigint | null
  paused: boolean
  unwatch(): void
}

class Member implements Consumer {
  readonly topics: string[]
  readonly #cluster: MemoryCluster
  readonly #options: ConsumerOptions
  readonly #leave: () => void
  readonly #flows = new Map<string, Flow>()
  #scheduled = false
  #closed = false

  constructor(cluster: MemoryCluster, options: ConsumerOptions, leave: () => void) {
    this.#cluster = cluster
    this.#options = options
    this.#leave = leave
    this.topics = options.topics
  }

  revoke(): void {
    for (const flow of this.#flows.values()) flow.unwatch()
    this.#flows.clear()
  }

  assign(logs: PartitionLog[]): void {
    for (const log of logs) {
      this.#flows.set(nameOf(log.name), { log, next: null, paused: false, unwatch: log.watch(() => this.#schedule()) })
    }
    this.#options.onAssigned(logs.map(({ name }) => name))
  }

  readFrom(position: Position): void {
    const flow = this.#flows.get(nameOf(position))
    if (!flow) return
    flow.next = position.offset
    flow.paused = false
    this.#schedule()
  }

  pause(partition: TopicPartition): void {
    const flow = this.#flows.get(nameOf(partition))
    if (flow) flow.paused = true
  }

  resume(partition: TopicPartition): void {
    const flow = this.#flows.get(nameOf(partition))
    if (!flow) return
    flow.paused = false
    this.#schedule()
  }

  async commit(positions: Position[]): Promise<void> {
    this.#cluster.commit(this.#options.group, positions)
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.revoke()
    this.#leave()
  }

  /** Delivers later, never from within the call that made records readable. */
  #schedule(): void {
    if (this.#scheduled || this.#closed) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      if (!this.#closed) this.#deliver()
    })
  }

  /** One batch of every partition that has one; then again, so that other work gets its turn in between. */
  #deliver(): void {
    let some = false
    for (const flow of [...this.#flows.values()]) {
      // What was delivered just before may have paused or revoked this one.
      if (flow.next === null || flow.paused || this.#flows.get(nameOf(flow.log.name)) !== flow) continue
      const batch = flow.log.read(flow.next, this.#options.maxBytesPerPartition ?? DEFAULT_PARTITION_BYTES)
      if (!batch) continue
      some = true
      flow.next = batch.next
      this.#options.onBatch(batch)
    }
    if (some) this.#schedule()
  }
}

function nameOf({ topic, partition }: TopicPartition): string {
  return `${partition} ${topic}`
}
