import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CODES, changed, errorIn, failing, refusal } from '../../fault/proxy/answers.ts'
import { Rules } from '../../fault/proxy/faults.ts'
import { answerFrame, FrameCutter, type Seen, seen } from '../../fault/proxy/frames.ts'
import { APIS, type ApiName, type Layout, type Type } from '../../fault/proxy/layouts.ts'
import { decode, encode, type Fields, type Value } from '../../fault/proxy/values.ts'
import { random } from '../../support/random.ts'

const names = Object.keys(APIS) as ApiName[]

/** Values of a layout, null where Kafka allows it. */
function arbitrary(layout: Layout): fc.Arbitrary<Fields> {
  return fc.record(Object.fromEntries(layout.map(([name, type]) => [name, arbitraryOf(type)])))
}

function arbitraryOf(type: Type): fc.Arbitrary<Value> {
  if (typeof type !== 'string')
    return fc.array('each' in type ? arbitrary(type.each) : arbitraryOf(type.list), { maxLength: 3 })
  if (type === 'boolean') return fc.boolean()
  if (type === 'int64') return fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
  if (type === 'string') return fc.option(fc.string({ unit: 'binary' }))
  if (type === 'bytes') return fc.option(fc.uint8Array().map((bytes) => Buffer.from(bytes)))
  const bits = Number(type.slice(3))
  return fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 })
}

function request(api: ApiName, fields: Fields, correlation = 7): Seen {
  const head = Buffer.alloc(14)
  head.writeInt16BE(APIS[api].key, 4)
  head.writeInt16BE(APIS[api].version, 6)
  head.writeInt32BE(correlation, 8)
  head.writeInt16BE(-1, 12)
  return seen(Buffer.concat([head, encode(APIS[api].request, fields)]))
}

describe('what the proxy reads', () => {
  it.each(names)('of %s it writes again, byte for byte', (api) => {
    for (const layout of [APIS[api].request, APIS[api].answer]) {
      fc.assert(
        fc.property(arbitrary(layout), (fields) => {
          expect(decode(layout, encode(layout, fields))).toEqual(fields)
        }),
      )
    }
  })

  it('is put together from pieces of any size', () => {
    const frames = fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(frames, fc.integer({ min: 1, max: 50 }), (bodies, piece) => {
        const whole = bodies.map((body, i) => answerFrame(i, Buffer.from(body)))
        const stream = Buffer.concat(whole)
        const cutter = new FrameCutter()
        const found: Buffer[] = []
        for (let at = 0; at < stream.length; at += piece) found.push(...cutter.push(stream.subarray(at, at + piece)))
        expect(found).toEqual(whole)
      }),
    )
  })

  it('is refused when it comes in a version that is not known', () => {
    const { frame } = request('EndTxn', { transactional_id: 'a', producer_id: 1n, producer_epoch: 0, committed: true })
    frame.writeInt16BE(5, 6)
    expect(() => seen(frame)).toThrow('EndTxn comes in version 5')
  })
})

describe('an error that the proxy makes up', () => {
  const refused = names.filter((name) => name !== 'Metadata')

  it.each(refused)('in place of an answer to %s is one that clients can read', (api) => {
    fc.assert(
      fc.property(arbitrary(APIS[api].request), (fields) => {
        const asked = request(api, { ...fields, topics: [{ name: 'a', partitions: partitionsOf(api) }] })
        const answer = refusal(asked, 'REQUEST_TIMED_OUT')
        expect(answer.readInt32BE(4)).toBe(7)
        expect(errorIn(decode(APIS[api].answer, answer.subarray(8)))).toBe(CODES.REQUEST_TIMED_OUT)
      }),
    )
  })

  it('stands wherever an answer has room for one', () => {
    const fields = { throttle_time_ms: 0, topics: [{ name: 'a', partitions: [{ index: 3, error_code: 0 }] }] }
    const asked = request('AddPartitionsToTxn', {
      transactional_id: 'a',
      producer_id: 1n,
      producer_epoch: 0,
      topics: [],
    })
    const frame = answerFrame(7, encode(APIS.AddPartitionsToTxn.answer, fields))
    const spoilt = changed(asked, frame, (answer) => failing(answer, 'CONCURRENT_TRANSACTIONS'))
    expect(errorIn(decode(APIS.AddPartitionsToTxn.answer, spoilt.subarray(8)))).toBe(51)
  })
})

function partitionsOf(api: ApiName): Value[] {
  const [, type] = APIS[api].request.find(([name]) => name === 'topics') ?? ['', 'bytes' as const]
  const entry =
    typeof type === 'object' && 'each' in type ? type.each.find(([name]) => name === 'partitions') : undefined
  const nested = entry?.[1]
  if (typeof nested !== 'object' || !('each' in nested)) return [3]
  const [sample = {}] = fc.sample(arbitrary(nested.each), { numRuns: 1, seed: 1 })
  return [{ ...sample, index: 3 }]
}

describe('the rules', () => {
  const fault = { kind: 'reset', at: 'answer' } as const
  const endTxn = request('EndTxn', { transactional_id: 'a', producer_id: 1n, producer_epoch: 0, committed: true })

  it('hit only what they are about, after so many, so often', () => {
    const rules = new Rules(random(1))
    rules.add({ api: 'EndTxn', fault, skip: 1, times: 2 })
    expect(rules.pick(endTxn, 'request')).toBeNull()
    const picks = [1, 2, 3, 4].map(() => rules.pick(endTxn, 'answer'))
    expect(picks).toEqual([null, fault, fault, null])
    expect(rules.hits).toBe(2)
  })

  it('leave the same to chance for the same seed', () => {
    const picks = (seed: number) => {
      const rules = new Rules(random(seed))
      rules.add({ fault, share: 0.5, times: 100 })
      return Array.from({ length: 20 }, () => rules.pick(endTxn, 'answer') !== null)
    }
    expect(picks(3)).toEqual(picks(3))
    expect(picks(3)).not.toEqual(picks(4))
  })
})
