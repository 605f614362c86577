import { passingErrors } from './error-table.ts'
import type { Fault, Rule } from './faults.ts'
import { APIS, type ApiName } from './layouts.ts'
import { type Disturb, pause } from './line.ts'
import type { FaultyProxy } from './proxy.ts'

/** Faults that a network can do to any request. */
const NETWORK: Fault[] = [
  { kind: 'reset', at: 'request' },
  { kind: 'reset', at: 'answer' },
  { kind: 'cut', at: 'request' },
  { kind: 'cut', at: 'answer' },
  { kind: 'silence', at: 'answer' },
  { kind: 'late', at: 'request', milliseconds: 400 },
  { kind: 'late', at: 'answer', milliseconds: 1500 },
  { kind: 'throttle', at: 'answer', milliseconds: 200 },
]

/** One thing that goes wrong for a while. */
interface Episode {
  name: string
  begin(proxy: FaultyProxy): void
  milliseconds: number
}

/** Faults by chance, one or two at a time: always the same ones for the same numbers. `tell` is told each as it begins. */
export function byChance(next: () => number, episodes: number, tell: (name: string) => void): Disturb {
  const drawn = Array.from({ length: episodes }, () => draw(next))
  return async (proxy, until) => {
    for (const episode of drawn) {
      if (until.aborted) return
      tell(episode.name)
      episode.begin(proxy)
      await pause(episode.milliseconds, until)
      proxy.relax()
    }
  }
}

function draw(next: () => number): Episode {
  const milliseconds = 300 + Math.floor(next() * 1500)
  const kind = Math.floor(next() * 8)
  if (kind === 0) return { name: 'reset of all connections', begin: (proxy) => proxy.resetAll(), milliseconds }
  if (kind === 1) return { name: 'all connections dead', begin: (proxy) => proxy.muteAll(), milliseconds }
  if (kind === 2) return { name: `standstill for ${milliseconds} ms`, begin: (proxy) => proxy.stall(), milliseconds }
  if (kind === 3) return { name: 'latency', begin: (proxy) => proxy.latency(50, 500), milliseconds }
  if (kind === 4) return { name: 'dripping', begin: (proxy) => proxy.drip(1 + Math.floor(next() * 2000)), milliseconds }
  const rule = kind === 5 ? one(passingErrors(), next) : networkRule(next)
  const name = `${rule.api}: ${JSON.stringify(rule.fault)}`
  return { name, begin: (proxy) => proxy.add(rule), milliseconds }
}

function networkRule(next: () => number): Rule {
  const apis = Object.keys(APIS) as ApiName[]
  return { api: one(apis, next), fault: one(NETWORK, next), times: 1 + Math.floor(next() * 3), share: 0.5 }
}

function one<T>(list: T[], next: () => number): T {
  const chosen = list[Math.floor(next() * list.length)]
  if (chosen === undefined) throw new Error(`Nothing can be chosen of ${list.length}.`)
  return chosen
}
