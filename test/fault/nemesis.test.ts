import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { violationText } from './checker/violation.ts'
import { recipeOf } from './nemesis/documents.ts'
import type { FaultName } from './nemesis/faults.ts'
import { attack } from './nemesis/nemesis.ts'
import { type OwnKafka, ownKafka } from './nemesis/own-kafka.ts'
import { scheduleOf, scheduleText } from './nemesis/schedule.ts'

/** Its schedule has a fault of nearly every kind. */
const SEED = Number(process.env.MILLRACE_FAULT_SEED ?? 157)
const MINUTES = Number(process.env.MILLRACE_FAULT_MINUTES ?? 0)
const OPERATOR = fileURLToPath(new URL('../support/operators/dangerous.ts', import.meta.url))

/** A fault and the pause before it take about this long. Seconds. */
const PER_FAULT = 6
const SHORT = 8
const ALL: FaultName[] = [
  'kill',
  'drain',
  'drainThenKill',
  'freeze',
  'stall',
  'clock',
  'storm',
  'feeder',
  'brokerKill',
  'brokerRestart',
  'brokerFreeze',
]

let kafka: OwnKafka | null
beforeAll(async () => {
  kafka = await ownKafka()
})
afterAll(() => kafka?.close())

test('whatever breaks at random, every document has the one fate that it has when nothing breaks', {
  timeout: MINUTES * 90_000 + 300_000,
}, async (context) => {
  if (!kafka) return context.skip('no Java 17 with Maven for a broker of its own')
  const count = MINUTES > 0 ? Math.ceil((MINUTES * 60) / PER_FAULT) : SHORT
  const schedule = scheduleOf({ seed: SEED, count, among: ALL, pauses: [500, 3000] })
  console.info(scheduleText(SEED, schedule))
  const name = `nemesis-${process.pid}-${SEED}`
  const outcome = await attack({
    options: {
      brokers: kafka.address,
      recipe: recipeOf(name, OPERATOR, { stages: MINUTES > 0 ? 3 : 2 }),
      seed: SEED,
      sessionTimeout: 6,
      feed: { lines: 10_000_000, chunk: 10, pause: 100 },
    },
    kafka,
    schedule,
    patience: 120_000,
    tell: (deed) => console.info(`${new Date().toISOString()} ${deed}`),
  })
  const { documents, recovery, restarts, feederDeaths } = outcome
  console.info(
    `${documents} documents, ${restarts} restarts of replicas, ${feederDeaths} of the feeder, at rest after ${Math.round(recovery)} ms`,
  )
  expect(violationText(outcome.violations)).toBe('')
  expect(documents).toBeGreaterThan(500)
})
