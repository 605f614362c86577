import type { Codec } from '../../../schemas/codec.ts'
import type { LedgerEntry } from '../../../schemas/ledger.ts'
import type { Topology } from '../../../topologies/topology.ts'
import type { Broker } from '../../brokers/broker.ts'
import { Account, type StageAccount, type Totals, totalsOf, underWay } from '../../pipeline/account.ts'
import { lags, type StageLag } from '../../pipeline/topics.ts'

/** Rates are measured over the last so many milliseconds. */
export const RATE_WINDOW = 10_000

/** What the topics say of a pipeline at one moment. */
export interface Reading {
  lag: StageLag[]
  totals: Totals
  stages: StageAccount[]
  /** Documents per second by stage, over the last ten seconds. */
  rates: { stage: string; documents: number }[]
  /** Documents between two stages. */
  underWay: number
  /** Null while so much moves that it cannot be said. */
  balanced: boolean | null
  /** What became of all dead letters, under whatever plan they failed. */
  letters: { replayed: number; discarded: number; outstanding: number }
  /** Entries of stages that this plan does not have: the pipeline was once planned another way. */
  foreign: number
}

/** Reads a pipeline's ledger from its beginning, once; every further reading takes only what is new. */
export class LedgerWatch {
  readonly #broker: Broker
  readonly #topology: Topology
  readonly #codec: Codec
  readonly #account: Account
  readonly #stages: Set<string>
  #from = new Map<number, bigint>()
  #recent: { at: number; stage: string; documents: number }[] = []
  #foreign = 0
  readonly #letters = { failed: 0, arrived: 0, replayed: 0, discarded: 0 }

  constructor(broker: Broker, topology: Topology, codec: Codec) {
    this.#broker = broker
    this.#topology = topology
    this.#codec = codec
    this.#account = new Account(topology, null)
    this.#stages = new Set(topology.stages.map(({ name }) => name))
  }

  async read(): Promise<Reading> {
    await this.#advance()
    const lag = await lags(this.#broker, this.#topology)
    const news = await this.#advance()
    const stages = this.#account.stages()
    const totals = totalsOf(stages)
    const still = news === 0 && lag.every(({ total }) => total === 0)
    const { failed, arrived, ...settled } = this.#letters
    const letters = { ...settled, outstanding: failed - settled.replayed - settled.discarded }
    const missing = underWay(totals)
    // Whatever says that it was replayed, and was not, is a forgery; at-least-once delivery may count it twice.
    const genuine = arrived === settled.replayed || this.#topology.delivery !== 'exactly_once'
    const balanced = missing === 0 && genuine ? true : still ? false : null
    return { lag, totals, stages, rates: this.#rates(), underWay: missing, balanced, letters, foreign: this.#foreign }
  }

  /** Adds the entries that are new; gives how many there were. */
  async #advance(): Promise<number> {
    let news = 0
    for await (const { partition, records, next } of this.#broker.read(this.#topology.topics.ledger, {
      from: this.#from,
      until: 'end',
    })) {
      for (const { value } of records) {
        if (value) this.#add(this.#codec.decodeLedgerEntry(value))
      }
      news += records.length
      this.#from.set(partition, next)
    }
    return news
  }

  #add(entry: LedgerEntry): void {
    this.#letters.failed += entry.dead_letters
    this.#letters.arrived += entry.replayed
    if (entry.letters) {
      this.#letters[entry.letters.action] += entry.letters.offsets.length
      return
    }
    if (!this.#stages.has(entry.stage)) {
      this.#foreign++
      return
    }
    this.#account.add(entry)
    if (Date.now() - entry.at < RATE_WINDOW)
      this.#recent.push({ at: entry.at, stage: entry.stage, documents: entry.documents })
  }

  #rates(): Reading['rates'] {
    const oldest = Date.now() - RATE_WINDOW
    this.#recent = this.#recent.filter(({ at }) => at >= oldest)
    return this.#topology.stages.map(({ name }) => {
      const documents = this.#recent
        .filter(({ stage }) => stage === name)
        .reduce((sum, entry) => sum + entry.documents, 0)
      return { stage: name, documents: (documents * 1000) / RATE_WINDOW }
    })
  }
}
