import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Broker } from '../../../services/brokers/broker.ts'
import { connectKafka } from '../../../services/brokers/kafka/kafka.ts'
import { processLauncher } from '../../../services/cli/launch.ts'
import { loadRecipe, planRecipe } from '../../../services/cli/load-recipe.ts'
import { Fleet, type Launch } from '../../../services/pipeline/fleet.ts'
import { prepareTopics } from '../../../services/pipeline/topics.ts'
import type { Topology } from '../../../topologies/topology.ts'
import { quiet } from '../../support/pipelines.ts'
import { Follower } from '../checker/follower.ts'
import { Feeding } from './feeding.ts'

const HOOKS = new URL('./hooks.mjs', import.meta.url).href

/** One replica's process. */
export interface Replica {
  pid: number
  stage: string
  replica: number
  /** Milliseconds since the epoch. */
  born: number
  ready: boolean
}

export interface MillOptions {
  brokers: string
  recipe: string
  seed: number
  /** Of every replica's membership. Seconds. */
  sessionTimeout: number
  feed: { lines: number; chunk: number; pause: number }
}

/** A line of real processes on real Kafka, fed all along and followed all along: what a nemesis attacks. */
export class Mill {
  readonly broker: Broker
  readonly topology: Topology
  readonly options: MillOptions
  readonly fleet: Fleet
  readonly feeding: Feeding
  readonly follower: Follower
  /** Where its logs and its orders lie. */
  readonly folder: string
  readonly #living = new Map<number, Replica>()

  private constructor(
    options: MillOptions,
    found: { broker: Broker; topology: Topology; folder: string; recipe: string },
  ) {
    const { broker, topology, folder, recipe } = found
    this.options = options
    this.broker = broker
    this.topology = topology
    this.folder = folder
    const args = [recipe, '--broker', options.brokers, '--session-timeout', String(options.sessionTimeout)]
    const launch = processLauncher({ args: [...args, '--assets', 'test/support/assets'], logs: join(folder, 'logs') })
    this.fleet = new Fleet({ topology, launch: this.#watched(launch), log: quiet })
    this.fleet.start()
    const order = { recipe, brokers: options.brokers, seed: options.seed, ...options.feed }
    this.feeding = new Feeding(order, join(folder, 'feeder.log'))
    this.follower = new Follower(broker, topology)
  }

  /** Makes its topics and starts everything. */
  static async start(options: MillOptions): Promise<Mill> {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-mill-'))
    const recipe = join(folder, 'recipe.yaml')
    const orders = join(folder, 'orders')
    writeFileSync(recipe, options.recipe)
    mkdirSync(orders)
    const broker = await connectKafka({ brokers: options.brokers.split(','), logger: quiet })
    const topology = planRecipe(await loadRecipe(recipe), {})
    await prepareTopics(broker, topology)
    return new Mill(options, { broker, topology, folder, recipe })
  }

  /** Every replica that lives, in a fixed order. */
  replicas(): Replica[] {
    return [...this.#living.values()].sort((a, b) => a.stage.localeCompare(b.stage) || a.replica - b.replica)
  }

  /** Gives a process an order, which it reads now (stall) or within a second (clock). */
  order(kind: 'stall' | 'clock', pid: number, order: object): void {
    writeFileSync(join(this.folder, 'orders', `${kind}-${pid}`), JSON.stringify(order))
    if (kind === 'stall') process.kill(pid, 'SIGUSR2')
  }

  /** Lets every replica finish and end. */
  async drain(): Promise<void> {
    await this.fleet.drain()
  }

  /** Ends whatever still runs, and takes the topics away; the logs of its processes stay where something has been found. */
  async close({ keepLogs }: { keepLogs: boolean }): Promise<void> {
    this.feeding.kill()
    const drained = this.fleet.drain()
    for (const { pid } of this.#living.values()) process.kill(pid, 'SIGKILL')
    await drained
    await this.broker.deleteTopics(this.topology.channels.map(({ topic }) => topic)).catch(() => undefined)
    await this.broker.close()
    if (!keepLogs) await rm(this.folder, { recursive: true, force: true })
  }

  #watched(launch: Launch): Launch {
    return (stage, number) => {
      const member = this.#surrounded(() => launch(stage, number))
      const { pid } = member
      if (pid === undefined) return member
      const replica = { pid, stage: stage.name, replica: number, born: Date.now(), ready: false }
      this.#living.set(pid, replica)
      void member.ready?.then(() => {
        replica.ready = true
      })
      void member.ended.then(() => this.#living.delete(pid))
      return member
    }
  }
  /** What processes that are started within find in their environment. */
  #surrounded<T>(start: () => T): T {
    const former = { ...process.env }
    const { folder } = this
    const own = { MILLRACE_TEST_ORDERS: join(folder, 'orders'), MILLRACE_HOME: join(folder, 'home') }
    Object.assign(process.env, own, { NODE_OPTIONS: `--import ${HOOKS}` })
    try {
      return start()
    } finally {
      for (const name of [...Object.keys(own), 'NODE_OPTIONS']) delete process.env[name]
      Object.assign(process.env, former)
    }
  }
}
