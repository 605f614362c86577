import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Delivery } from '../../../services/brokers/broker.ts'
import { sliceRequests } from '../../../services/brokers/kafka/slices.ts'
import { batchBound } from '../../../services/brokers/kafka/wire/record-batch.ts'

const LIMITS = { batchBytes: () => 1000, requestBytes: 3000 }

const deliveries: fc.Arbitrary<Delivery[]> = fc.array(
  fc.record({
    topic: fc.constantFrom('a', 'b'),
    partition: fc.nat(2),
    records: fc.array(fc.record({ key: fc.constant(null), value: fc.nat(1500).map((size) => Buffer.alloc(size)) }), {
      maxLength: 12,
    }),
  }),
  { maxLength: 8 },
)

function byPartition(parts: Delivery[]): Map<string, Buffer[]> {
  const found = new Map<string, Buffer[]>()
  for (const { topic, partition, records } of parts) {
    const name = `${topic} ${partition}`
    const values = records.map(({ value }) => value ?? Buffer.alloc(0))
    if (values.length > 0) found.set(name, [...(found.get(name) ?? []), ...values])
  }
  return found
}

describe('slicing deliveries into requests', () => {
  it('loses nothing, doubles nothing, and keeps the order of each partition', () => {
    fc.assert(
      fc.property(deliveries, (given) => {
        const sliced = byPartition(sliceRequests(given, LIMITS).flat())
        const expected = byPartition(given)
        expect([...sliced.keys()].sort()).toEqual([...expected.keys()].sort())
        for (const [name, values] of expected) {
          const found = sliced.get(name) ?? []
          expect(found.length).toBe(values.length)
          expect(found.every((value, i) => value === values[i])).toBe(true)
        }
      }),
    )
  })

  it('keeps batches and requests within their limits, but for single records that are larger', () => {
    fc.assert(
      fc.property(deliveries, (given) => {
        for (const request of sliceRequests(given, LIMITS)) {
          for (const { records } of request) expect(records.length === 1 || batchBound(records) <= 1000).toBe(true)
          const bytes = request.reduce((sum, { records }) => sum + batchBound(records), 0)
          expect(request.length === 1 || bytes <= 3000).toBe(true)
        }
      }),
    )
  })

  it('gives a partition one batch per request, and makes no empty requests', () => {
    fc.assert(
      fc.property(deliveries, (given) => {
        for (const request of sliceRequests(given, LIMITS)) {
          expect(request.length).toBeGreaterThan(0)
          expect(new Set(request.map(({ topic, partition }) => `${topic} ${partition}`)).size).toBe(request.length)
        }
      }),
    )
  })
})
