import { expect, test } from 'vitest'
import { testKafka } from '../support/kafka.ts'
import { random } from '../support/random.ts'
import { byChance } from './proxy/chance.ts'
import { disturbed } from './proxy/line.ts'

const SEED = Number(process.env.MILLRACE_FAULT_SEED ?? 7)
/** Runs go on for so long; one run when not given. */
const MINUTES = Number(process.env.MILLRACE_FAULT_MINUTES ?? 0)
/** Faults of one run, one after the other. */
const EPISODES = 8

const kafka = await testKafka()

test.skipIf(!kafka)(
  `each document has one fate, in order, under ${EPISODES} faults of the network by chance${MINUTES > 0 ? `, for ${MINUTES} minutes` : ''}`,
  async () => {
    const deadline = performance.now() + MINUTES * 60_000
    let seed = SEED
    let longest = 0
    do {
      const told: string[] = []
      const disturb = byChance(random(seed), EPISODES, (name) => told.push(name))
      const story = () => `MILLRACE_FAULT_SEED=${seed} brings it again: ${told.join('; ')}`
      const outcome = await disturbed(kafka?.brokers[0] ?? '', seed, disturb).catch((cause: unknown) => {
        throw new Error(`${cause instanceof Error ? cause.message : cause} (${story()})`, { cause })
      })
      expect(outcome.wrong, story()).toBe('')
      longest = Math.max(longest, outcome.recovery)
      seed++
    } while (performance.now() < deadline)
    if (MINUTES > 0)
      console.info(`${seed - SEED} runs from seed ${SEED} on; longest recovery ${Math.round(longest)} ms.`)
  },
  MINUTES * 60_000 + 180_000,
)
