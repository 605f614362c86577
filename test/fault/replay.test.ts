import { beforeEach, describe, expect, test } from 'vitest'
import type { Broker } from '../../services/brokers/broker.ts'
import { memoryBroker } from '../../services/brokers/memory/memory.ts'
import { LedgerWatch } from '../../services/cli/pipelines/ledger-watch.ts'
import { Failure } from '../../topologies/failure.ts'
import { rejectionOf } from '../support/failures.ts'
import { flakyBroker } from '../support/flaky-broker.ts'
import { codec, runLines } from '../support/pipelines.ts'
import { random } from '../support/random.ts'
import { fatalBroker } from '../support/replay/fatal-broker.ts'
import { corpus, discard, replay } from '../support/replay/replays.ts'
import { sick, sickLauncher, sickTopology } from '../support/replay/sick-operators.ts'

const topology = sickTopology(`
process:
  - marking_mapper: {word: alpha}
  - measuring_filter: {word: beta, least: 12}
  - marking_mapper: {word: gamma, mark: '?'}
stream: {name: replays, partitions: 2, transaction_bytes: 1KiB, cut_before: [measuring_filter]}
`)

const lines = Array.from({ length: 50 }, (_, i) =>
  JSON.stringify({ text: `${i} ${['alpha', 'beta', 'gamma', 'delta', ''][i % 5]}` }),
)

/** A pipeline in which three operators of five documents failed, and are mended now. */
const LETTERS = 20

async function failedBroker(): Promise<Broker> {
  for (const word of ['alpha', 'beta', 'gamma']) sick.add(word)
  const broker = memoryBroker()
  const { report } = await runLines(broker, topology, lines, sickLauncher(broker, topology))
  expect(report.dead_letters).toBe(LETTERS)
  sick.clear()
  return broker
}

async function healthyCorpus(): Promise<string[]> {
  const broker = memoryBroker()
  await runLines(broker, topology, lines, sickLauncher(broker, topology))
  return corpus(broker, topology)
}

async function finish(broker: Broker): Promise<string[]> {
  const { report } = await runLines(broker, topology, [], sickLauncher(broker, topology))
  expect(report).toMatchObject({ input: 0, balanced: true })
  const reading = await new LedgerWatch(broker, topology, codec).read()
  expect(reading).toMatchObject({ balanced: true, letters: { replayed: LETTERS, discarded: 0, outstanding: 0 } })
  return corpus(broker, topology)
}

beforeEach(() => sick.clear())

describe('a replay', () => {
  test('that ends at any step of any of its transactions is gone on with, and each letter is replayed once', async () => {
    const expected = await healthyCorpus()
    let steps = 0
    await replay(
      fatalBroker(await failedBroker(), () => steps++),
      topology,
    )
    expect(steps).toBeGreaterThan(15)
    for (let fatal = 1; fatal <= steps; fatal++) {
      const broker = await failedBroker()
      let reached = 0
      const dying = fatalBroker(broker, () => {
        // Nothing is done behind this step, not even an abort.
        if (++reached >= fatal) throw new Failure('producer_fenced', 'The process is gone.')
      })
      const first = await rejectionOf(replay(dying, topology))
      expect(first.code).toMatch(/producer_fenced|replay_taken_over/)
      await replay(broker, topology)
      expect(await finish(broker)).toEqual(expected)
    }
  }, 120_000)

  test.each([1, 2, 3])('whose answers to commits are lost replays each letter once (seed %i)', async (seed) => {
    const broker = await failedBroker()
    const happened = { yes: 0, no: 0 }
    const flaky = flakyBroker(broker, {
      share: 0.6,
      next: random(seed),
      onUnclear: (yes) => happened[yes ? 'yes' : 'no']++,
    })
    await replay(flaky, topology, { batch: { letters: 2, bytes: 1e6 } })
    expect(Math.min(happened.yes, happened.no)).toBeGreaterThan(1)
    expect(await finish(broker)).toEqual(await healthyCorpus())
  })

  test('that another one overtakes stops, and between them each letter is replayed once', async () => {
    const broker = await failedBroker()
    let transactions = 0
    let other: Promise<unknown> = Promise.resolve()
    const slow = new Proxy(broker, {
      get(target, name) {
        if (name !== 'transactor') {
          const value: unknown = Reflect.get(target, name, target)
          return typeof value === 'function' ? value.bind(target) : value
        }
        return async (id: string) => {
          const transactor = await target.transactor(id)
          return {
            init: () => transactor.init(),
            close: () => transactor.close(),
            async begin() {
              if (++transactions === 2) {
                other = replay(target, topology)
                await other
              }
              return transactor.begin()
            },
          }
        }
      },
    })
    expect(await rejectionOf(replay(slow, topology))).toMatchObject({ code: 'replay_taken_over' })
    expect(await other).toMatchObject({ settled: LETTERS - 7 })
    expect(await finish(broker)).toEqual(await healthyCorpus())
  })

  test('and a discard of the same letters settle each of them one way', async () => {
    const broker = await failedBroker()
    const [replayed, discarded] = await Promise.allSettled([
      replay(broker, topology, { batch: { letters: 1, bytes: 1e6 } }),
      discard(broker, topology, { batch: { letters: 1, bytes: 1e6 } }),
    ])
    expect([replayed.status, discarded.status]).toContain('fulfilled')
    await runLines(broker, topology, [], sickLauncher(broker, topology))
    const { letters, totals, balanced } = await new LedgerWatch(broker, topology, codec).read()
    expect(letters.replayed + letters.discarded).toBe(LETTERS)
    expect(totals.replayed).toBe(letters.replayed)
    expect(balanced).toBe(true)
  })
})
