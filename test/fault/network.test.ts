import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testKafka } from '../support/kafka.ts'
import type { Fault } from './proxy/faults.ts'
import type { ApiName } from './proxy/layouts.ts'
import { type Disturb, disturbed, pause } from './proxy/line.ts'

const SEED = Number(process.env.MILLRACE_FAULT_SEED ?? 7)
/** Longest that a test waits for its faults to find something to hit. Milliseconds. */
const LONGEST = 6000

/** Every kind of request that a line makes again and again. */
const REQUESTS: ApiName[] = [
  'Produce',
  'AddPartitionsToTxn',
  'AddOffsetsToTxn',
  'TxnOffsetCommit',
  'EndTxn',
  'InitProducerId',
  'OffsetFetch',
  'Fetch',
  'JoinGroup',
  'SyncGroup',
  'Heartbeat',
  'FindCoordinator',
  'ListOffsets',
  'Metadata',
]

/** Each kind of request is hit by each fault, some time after the start. */
function everyRequest(...faults: Fault[]): Disturb {
  return async (proxy, until) => {
    const rules = REQUESTS.flatMap((api, i) => faults.map((fault, k) => ({ api, fault, skip: 1 + (i % 3) + 2 * k })))
    proxy.add(...rules)
    const deadline = performance.now() + LONGEST
    while (proxy.hits < rules.length && performance.now() < deadline && !until.aborted) await pause(50, until)
  }
}

/** `hits`: fewer of them would show nothing. */
const DISTURBANCES: [name: string, hits: number, disturb: Disturb][] = [
  [
    'connections are reset or break off after the broker acted and before it could say so',
    20,
    everyRequest({ kind: 'reset', at: 'answer' }, { kind: 'cut', at: 'answer' }),
  ],
  [
    'connections are reset or break off before the broker has heard a request',
    20,
    everyRequest({ kind: 'reset', at: 'request' }, { kind: 'cut', at: 'request' }),
  ],
  ['answers never come', 3, everyRequest({ kind: 'silence', at: 'answer' })],
  [
    'answers are late, and the broker asks its clients to keep quiet',
    20,
    everyRequest(
      { kind: 'late', at: 'answer', milliseconds: 500 },
      { kind: 'throttle', at: 'answer', milliseconds: 300 },
    ),
  ],
  [
    'every connection goes dead and stays open',
    0,
    async (proxy, until) => {
      await pause(1500, until)
      proxy.muteAll()
      await pause(500, until)
    },
  ],
  [
    'nothing passes for a while, then all of it',
    0,
    async (proxy, until) => {
      await pause(1500, until)
      proxy.stall()
      await pause(4000, until)
    },
  ],
  [
    'the line is slow: by 50 to 500 ms, and then to a byte a second',
    0,
    async (proxy, until) => {
      await pause(500, until)
      proxy.latency(50, 500)
      await pause(4000, until)
      proxy.clear()
      proxy.drip(1)
      await pause(3000, until)
    },
  ],
]

const kafka = await testKafka()
const warnings: string[] = []
const warned = ({ name }: Error) => warnings.push(name)

beforeAll(() => void process.on('warning', warned))
afterAll(() => void process.off('warning', warned))

describe.skipIf(!kafka)('each document has one fate, in order, and the ledger balances, when', () => {
  test.each(DISTURBANCES)(
    '%s',
    async (_, hits, disturb) => {
      const outcome = await disturbed(kafka?.brokers[0] ?? '', SEED, disturb)
      expect(outcome.wrong, `seed ${SEED}: ${outcome.faults}`).toBe('')
      expect(outcome.documents).toBeGreaterThan(100)
      expect(outcome.hits).toBeGreaterThanOrEqual(hits)
    },
    120_000,
  )

  test('kafkajs sets no timer into the past', () => {
    expect(warnings).toEqual([])
  })
})
