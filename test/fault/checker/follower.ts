import { createHash } from 'node:crypto'
import type { Broker, IncomingRecord } from '../../../services/brokers/broker.ts'
import type { Topology } from '../../../topologies/topology.ts'
import type { PipelineLog } from './pipeline-log.ts'
import { type Violation, violation } from './violation.ts'

/** A record as a follower saw it. */
interface Sight {
  partition: number
  offset: bigint
  digest: string
}

/** Reads every topic of a pipeline while it runs, and remembers what it saw, in the order in which it saw it. */
export class Follower {
  readonly #sights = new Map<string, Sight[]>()
  readonly #abort = new AbortController()
  readonly #following: Promise<void>[]

  constructor(broker: Broker, topology: Topology) {
    this.#following = topology.channels.map(({ topic }) => this.#follow(broker, topic))
    for (const following of this.#following) following.catch(() => undefined)
  }

  /** Ends when it has seen as much as the log holds, or the time is over; gives what it saw otherwise than the log says. */
  async verdict(log: PipelineLog, patience: number): Promise<Violation[]> {
    const deadline = Date.now() + patience
    const whole = () => [...log.records].every(([topic, all]) => this.#seen(topic).length >= all.length)
    while (!whole() && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 50))
    this.#abort.abort()
    await Promise.all(this.#following)
    return [...log.records].flatMap(([topic, all]) =>
      sightViolations(
        topic,
        this.#seen(topic),
        all.map(({ partition, record }) => sightOf(partition, record)),
      ),
    )
  }

  #seen(topic: string): Sight[] {
    return this.#sights.get(topic) ?? []
  }

  async #follow(broker: Broker, topic: string): Promise<void> {
    const sights: Sight[] = []
    this.#sights.set(topic, sights)
    for await (const batch of broker.read(topic, { until: 'forever', signal: this.#abort.signal })) {
      for (const record of batch.records) sights.push(sightOf(batch.partition, record))
    }
  }
}

function sightOf(partition: number, record: IncomingRecord): Sight {
  const hash = createHash('sha1')
    .update(record.key ?? '')
    .update(record.value ?? '')
  return { partition, offset: record.offset, digest: hash.digest('base64') }
}

/** What was seen during the chaos must be what is there afterwards: nothing else, nothing less, each once and in order. */
export function sightViolations(topic: string, seen: readonly Sight[], there: readonly Sight[]): Violation[] {
  const text = ({ partition, offset }: Sight) => `${topic} ${partition}-${offset}`
  const name = (sight: Sight) => `${text(sight)} ${sight.digest}`
  const standing = new Set(there.map(name))
  const known = new Set(seen.map(name))
  const last = new Map<number, bigint>()
  const disordered = seen.filter(({ partition, offset }) => {
    const former = last.get(partition) ?? -1n
    last.set(partition, offset)
    return offset <= former
  })
  return [
    ...violation(
      'I5',
      'a follower saw records that are not there',
      seen.filter((sight) => !standing.has(name(sight))).map(text),
    ),
    ...violation('I1', 'a follower missed records', there.filter((sight) => !known.has(name(sight))).map(text)),
    ...violation('I2', 'a follower saw records twice or out of order', disordered.map(text)),
  ]
}
