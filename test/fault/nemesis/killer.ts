import { setTimeout as sleep } from 'node:timers/promises'
import type { Launch } from '../../../services/pipeline/fleet.ts'
import { random } from '../../support/random.ts'

/** Kills a random worker process at random moments, until it has killed often enough. */
export class Killer {
  kills = 0
  readonly #living = new Map<number, number>()
  readonly #next: () => number
  readonly #most: number
  #stopped = false

  constructor(seed: number, most: number) {
    this.#most = most
    this.#next = random(seed)
    void this.#hunt()
  }

  watch(launch: Launch): Launch {
    return (stage, replica) => {
      const member = launch(stage, replica)
      if (member.pid !== undefined) {
        const { pid } = member
        this.#living.set(pid, Date.now())
        void member.ended.then(() => this.#living.delete(pid))
      }
      return member
    }
  }

  stop(): void {
    this.#stopped = true
  }

  async #hunt(): Promise<void> {
    while (!this.#stopped && this.kills < this.#most) {
      await sleep(200 + this.#next() * 800)
      // One that has had no time to join its group would only show that nothing happens.
      const grown = [...this.#living].filter(([, born]) => Date.now() - born > 900).map(([pid]) => pid)
      const victim = grown[Math.floor(this.#next() * grown.length)]
      if (victim === undefined || this.#stopped) continue
      process.kill(victim, 'SIGKILL')
      this.#living.delete(victim)
      this.kills++
    }
  }
}
