import { fileURLToPath } from 'node:url'
import { type Violation, violationText } from '../checker/violation.ts'
import { recipeOf } from './documents.ts'
import type { FaultName } from './faults.ts'
import { attack } from './nemesis.ts'
import { ownKafka } from './own-kafka.ts'
import { scheduleOf, scheduleText } from './schedule.ts'

/** Small attacks, one seed after the other, on one broker: `node test/fault/nemesis/seeds.ts [COUNT] [FIRST]`. Exit 1 when one found something. */
const COUNT = Number(process.argv[2] ?? 200)
const FIRST = Number(process.argv[3] ?? 1)
const OPERATOR = fileURLToPath(new URL('../../support/operators/dangerous.ts', import.meta.url))
const AMONG: FaultName[] = [
  'kill',
  'drain',
  'drainThenKill',
  'freeze',
  'stall',
  'storm',
  'feeder',
  'brokerKill',
  'brokerRestart',
  'brokerFreeze',
]

const kafka = await ownKafka()
if (!kafka) throw new Error('Java 17 with Maven is needed')
const found = new Map<number, string>()
let documents = 0
const started = performance.now()
for (let seed = FIRST; seed < FIRST + COUNT; seed++) {
  const schedule = scheduleOf({ seed, count: 2 + (seed % 2), among: AMONG, pauses: [100, 1200] })
  console.log(scheduleText(seed, schedule))
  try {
    const outcome = await attack({
      options: {
        brokers: kafka.address,
        recipe: recipeOf(`seeds-${process.pid}-${seed}`, OPERATOR, { stages: seed % 3 === 0 ? 3 : 2, partitions: 3 }),
        seed,
        sessionTimeout: 2,
        feed: { lines: 600, chunk: 15, pause: 100 },
      },
      kafka,
      schedule,
      patience: 120_000,
      tell: (deed) => console.log(`  ${deed}`),
    })
    documents += outcome.documents
    tell(seed, outcome.violations)
    console.log(`  ${outcome.documents} documents, at rest after ${Math.round(outcome.recovery)} ms`)
  } catch (thrown) {
    note(seed, thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown))
  }
}
const minutes = ((performance.now() - started) / 60_000).toFixed(1)
console.log(
  `${COUNT} seeds from ${FIRST}, ${documents} documents, ${minutes} min: ${found.size === 0 ? 'nothing found' : `found something with ${[...found.keys()].join(', ')}`}`,
)
await kafka.close()
process.exit(found.size === 0 ? 0 : 1)

function tell(seed: number, violations: Violation[]): void {
  if (violations.length > 0) note(seed, violationText(violations))
}

function note(seed: number, what: string): void {
  found.set(seed, what)
  console.log(`  FOUND ${what}`)
}
