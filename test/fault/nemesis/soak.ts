import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { random } from '../../support/random.ts'
import { readLog } from '../checker/pipeline-log.ts'
import { violationText } from '../checker/violation.ts'
import { recipeOf } from './documents.ts'
import { FAULTS, type FaultName } from './faults.ts'
import { Mill } from './mill.ts'
import { untilReady, verdict } from './nemesis.ts'
import { ownKafka } from './own-kafka.ts'
import { type Held, heldBy, megabytesUnder, slope } from './resources.ts'
import { scheduleOf } from './schedule.ts'
import { untilNoLag } from './standing-line.ts'

/**
 * Faults at a steady rate for MILLRACE_SOAK_MINUTES (60), a sample of what the line holds every minute, and at the end every
 * invariant and the slopes: `npm run test:soak`. Prints a table in Markdown; exit 1 when something was found.
 */
const MINUTES = Number(process.env.MILLRACE_SOAK_MINUTES ?? 60)
const SEED = Number(process.env.MILLRACE_FAULT_SEED ?? 1)
const EVERY = 30_000
const MINUTE = 60_000
const PATIENCE = 180_000
const OPERATOR = fileURLToPath(new URL('../../support/operators/dangerous.ts', import.meta.url))

const AMONG: FaultName[] = [
  'kill',
  'drain',
  'freeze',
  'stall',
  'clock',
  'storm',
  'feeder',
  'brokerRestart',
  'brokerKill',
]

/** Most growth per hour that is taken for noise: of the eldest replica of each kind, and of what the line keeps on disk. */
const MOST = { resident: 120, descriptors: 12, threads: 4, disk: 20 }

interface Sample extends Held {
  minute: number
  replicas: number
  disk: number
  restarts: number
}

const kafka = await ownKafka()
if (!kafka) throw new Error('Java 17 with Maven is needed')
const mill = await Mill.start({
  brokers: kafka.address,
  recipe: recipeOf(`soak-${process.pid}`, OPERATOR, { stages: 3 }),
  seed: SEED,
  sessionTimeout: 6,
  feed: { lines: 100_000_000, chunk: 5, pause: 100 },
})
console.log(`MILLRACE_FAULT_SEED=${SEED} MILLRACE_SOAK_MINUTES=${MINUTES}\n`)
console.log('| minute | replicas | RSS MB, largest | descriptors, most | threads, most | state on disk MB | restarts |')
console.log('|---|---|---|---|---|---|---|')
await untilReady(mill)
const samples: Sample[] = []
const end = performance.now() + MINUTES * MINUTE
const deeds = new Map<FaultName, number>()
await Promise.all([harm(), sample()])
mill.feeding.stop()
await mill.feeding.done
const recovery = await untilNoLag(mill.broker, mill.topology, PATIENCE)
await mill.drain()
const log = await readLog(mill.broker, mill.topology)
const found = violationText(await verdict(mill, log, kafka))
const documents = log.records.get(mill.topology.topics.raw)?.length ?? 0
const faults = [...deeds].map(([fault, count]) => `${fault} ${count}`).join(', ')
const steep = slopes()
console.log(`\n${documents} documents, at rest after ${(recovery / 1000).toFixed(1)} s. Faults: ${faults}.`)
console.log(
  `Growth per hour: ${Object.entries(perHour())
    .map(([what, by]) => `${what} ${by.toFixed(1)}`)
    .join(', ')}.`,
)
console.log(found === '' ? 'Every invariant holds.' : `FOUND ${found}`)
if (steep.length > 0) console.log(`FOUND growth of ${steep.join(', ')}`)
await mill.close({ keepLogs: found !== '' })
await kafka.close()
process.exit(found === '' && steep.length === 0 ? 0 : 1)

async function harm(): Promise<void> {
  const count = Math.ceil((MINUTES * MINUTE) / EVERY)
  for (const { fault, seed } of scheduleOf({ seed: SEED, count, among: AMONG, pauses: [0, 0] })) {
    await sleep(Math.min(EVERY, Math.max(0, end - performance.now())))
    if (performance.now() >= end) return
    await FAULTS[fault]({ mill, kafka, dice: random(seed) })
    deeds.set(fault, (deeds.get(fault) ?? 0) + 1)
  }
}

async function sample(): Promise<void> {
  for (let minute = 1; performance.now() < end; minute++) {
    await sleep(Math.min(MINUTE, Math.max(0, end - performance.now())))
    const held = mill.replicas().flatMap(({ pid }) => heldBy(pid) ?? [])
    const most = (of: keyof Held) => Math.max(...held.map((one) => one[of]))
    const disk = megabytesUnder(mill.folder)
    const taken = { resident: most('resident'), descriptors: most('descriptors'), threads: most('threads') }
    const row = { minute, replicas: held.length, ...taken, disk, restarts: mill.fleet.restarts }
    samples.push(row)
    const cells = [
      minute,
      row.replicas,
      row.resident.toFixed(0),
      row.descriptors,
      row.threads,
      disk.toFixed(2),
      row.restarts,
    ]
    console.log(`| ${cells.join(' | ')} |`)
  }
}

/** Replicas are young or old, but the most that any holds must not grow with the hours. The first minutes are warm-up. */
function perHour(): Record<keyof typeof MOST, number> {
  const warm = samples.slice(Math.min(3, Math.floor(samples.length / 3)))
  const hourly = (of: keyof typeof MOST) => slope(warm.map((row) => row[of])) * 60
  return {
    resident: hourly('resident'),
    descriptors: hourly('descriptors'),
    threads: hourly('threads'),
    disk: hourly('disk'),
  }
}

/** Over a few minutes a slope says nothing: growth counts when it would show within what was sampled. */
function slopes(): string[] {
  const hours = Math.max(samples.length / 60, 0.5)
  const by = perHour()
  const kinds = ['resident', 'descriptors', 'threads', 'disk'] as const
  return kinds.flatMap((what) => (by[what] > MOST[what] / hours ? [`${what} by ${by[what].toFixed(1)} an hour`] : []))
}
