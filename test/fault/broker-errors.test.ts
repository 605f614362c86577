import { describe, expect, test } from 'vitest'
import { testKafka } from '../support/kafka.ts'
import { random } from '../support/random.ts'
import type { CodeName } from './proxy/answers.ts'
import { passingErrors } from './proxy/error-table.ts'
import type { Rule } from './proxy/faults.ts'
import type { ApiName } from './proxy/layouts.ts'
import { disturbed, pause } from './proxy/line.ts'

const SEED = Number(process.env.MILLRACE_FAULT_SEED ?? 7)
/** Longest that a test waits for its errors to find a request. Milliseconds. */
const LONGEST = 10_000
/** A share of the requests is hit while errors are left. */
const SHARE = 0.15

const kafka = await testKafka()
const address = kafka?.brokers[0] ?? ''

function shuffled<T>(list: T[], next: () => number): T[] {
  return list
    .map((value) => ({ value, rank: next() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ value }) => value)
}

describe.skipIf(!kafka)(
  'the line goes on, and each document has one fate, when the broker answers now and then',
  () => {
    const groups: [string, ApiName[]][] = [
      [
        'errors to what makes up a transaction',
        ['Produce', 'AddPartitionsToTxn', 'AddOffsetsToTxn', 'TxnOffsetCommit', 'EndTxn', 'InitProducerId'],
      ],
      [
        'errors to members of groups and to readers',
        ['OffsetFetch', 'Fetch', 'ListOffsets', 'JoinGroup', 'SyncGroup', 'Heartbeat', 'FindCoordinator'],
      ],
    ]

    test.each(groups)(
      '%s',
      async (_, apis) => {
        const rules = passingErrors().filter(({ api }) => api && apis.includes(api))
        const outcome = await disturbed(address, SEED, async (proxy, until) => {
          proxy.add(...shuffled(rules, random(SEED)).map((rule): Rule => ({ ...rule, share: SHARE })))
          const deadline = performance.now() + LONGEST
          while (proxy.hits < rules.length && performance.now() < deadline && !until.aborted) await pause(50, until)
        })
        expect(outcome.wrong, `seed ${SEED}: ${outcome.faults}`).toBe('')
        expect(outcome.hits).toBeGreaterThan(rules.length / 3)
      },
      120_000,
    )
  },
)

describe.skipIf(!kafka)('the line stops and says why when the broker refuses', () => {
  const refusals: [ApiName, CodeName, string, RegExp][] = [
    ['AddPartitionsToTxn', 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED', 'broker_denied', /right Write on transactional id/],
    ['Produce', 'TOPIC_AUTHORIZATION_FAILED', 'broker_denied', /right Write on topic/],
    ['TxnOffsetCommit', 'GROUP_AUTHORIZATION_FAILED', 'broker_denied', /right Read on group/],
    ['Produce', 'MESSAGE_TOO_LARGE', 'message_too_large', /larger/],
  ]

  test.each(refusals)(
    '%s with %s',
    async (api, code, failure, sentence) => {
      const fault = { kind: 'code', at: 'request', code } as const
      const line = disturbed(address, SEED, async (proxy, until) => {
        await pause(1500, until)
        proxy.add({ api, fault, times: Number.POSITIVE_INFINITY })
        await pause(LONGEST, until)
      })
      await expect(line).rejects.toMatchObject({ code: failure, message: expect.stringMatching(sentence) })
    },
    60_000,
  )
})
