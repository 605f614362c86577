import { random } from '../../support/random.ts'
import type { FaultName } from './faults.ts'

/** One fault to come: after how long, and with which numbers it makes its choices. */
export interface Appointment {
  fault: FaultName
  /** Milliseconds behind the end of the one before. */
  pause: number
  seed: number
}

export interface ScheduleOptions {
  seed: number
  count: number
  /** What may be chosen, as often as it stands here. */
  among: readonly FaultName[]
  /** Shortest and longest pause. Milliseconds. */
  pauses: readonly [number, number]
}

/** The same seed gives the same schedule. Faults are drawn without putting back, so that all come before one comes again. */
export function scheduleOf({ seed, count, among, pauses: [shortest, longest] }: ScheduleOptions): Appointment[] {
  const next = random(seed)
  let deck: FaultName[] = []
  return Array.from({ length: count }, (_, i) => {
    if (deck.length === 0) deck = [...among]
    const [fault = 'kill'] = deck.splice(Math.floor(next() * deck.length), 1)
    return { fault, pause: Math.round(shortest + next() * (longest - shortest)), seed: seed * 1000 + i }
  })
}

/** A schedule for people, and for whoever wants to see it again. */
export function scheduleText(seed: number, schedule: readonly Appointment[]): string {
  const steps = schedule.map(({ fault, pause }) => `${fault} after ${pause} ms`)
  return `MILLRACE_FAULT_SEED=${seed}: ${steps.join(', ')}`
}
