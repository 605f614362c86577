import { type ChildProcess, fork } from 'node:child_process'
import { openSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { FeedOrder } from './feeder.ts'

const FEEDER = fileURLToPath(new URL('./feeder.ts', import.meta.url))
const PAUSE = 200

/** A feeder in a process of its own that is started again whenever it dies, and goes on where it was. */
export class Feeding {
  deaths = 0
  /** Resolves when all has been fed. */
  readonly done: Promise<void>
  readonly #order: FeedOrder
  readonly #log: number
  #child: ChildProcess | null = null
  #stopped = false
  #given = false

  constructor(order: FeedOrder, log: string) {
    this.#order = order
    this.#log = openSync(log, 'a')
    this.done = this.#keep()
    this.done.catch(() => undefined)
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  /** Feeds nothing new; what was begun is finished. */
  stop(): void {
    this.#stopped = true
    if (this.#child?.connected) this.#child.send('stop')
  }

  /** Ends it at once and for good. */
  kill(): void {
    this.#given = true
    this.#child?.kill('SIGKILL')
  }

  async #keep(): Promise<void> {
    while (!this.#given) {
      const child = fork(FEEDER, [JSON.stringify(this.#order)], {
        execArgv: ['--disable-warning=ExperimentalWarning'],
        stdio: ['ignore', this.#log, this.#log, 'ipc'],
      })
      this.#child = child
      if (this.#stopped) child.once('spawn', () => child.send('stop'))
      const code = await new Promise((resolve) => child.once('exit', resolve))
      if (code === 0) return
      this.deaths++
      await sleep(PAUSE)
    }
  }
}
