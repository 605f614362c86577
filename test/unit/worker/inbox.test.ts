import { expect, test } from 'vitest'
import type { Batch } from '../../../services/brokers/broker.ts'
import { Inbox } from '../../../services/worker/inbox.ts'

function inbox(limits: { intakeBytes: number; highBytes: number }) {
  const calls: string[] = []
  const made = new Inbox({ ...limits, pause: () => calls.push('pause'), resume: () => calls.push('resume') })
  return { made, calls }
}

function batch(first: number, sizes: number[]): Batch {
  const records = sizes.map((size, i) => ({
    offset: BigInt(first + i),
    timestamp: 0,
    key: null,
    value: Buffer.alloc(size),
    headers: {},
  }))
  return { topic: 't', partition: 0, records, next: BigInt(first + sizes.length), highWatermark: 100n }
}

test('what waits is taken together, up to the size of one transaction', async () => {
  const { made } = inbox({ intakeBytes: 20, highBytes: 1000 })
  made.put(batch(0, [10]))
  made.put(batch(1, [10]))
  made.put(batch(2, [10]))
  const taken = await made.take()
  expect(taken?.records.map(({ offset }) => offset)).toEqual([0n, 1n])
  expect(taken?.next).toBe(2n)
  expect((await made.take())?.next).toBe(3n)
})

test('a partition that fills the inbox is paused once, and resumed when half is taken', async () => {
  const { made, calls } = inbox({ intakeBytes: 10, highBytes: 25 })
  for (let i = 0; i < 4; i++) made.put(batch(i, [10]))
  expect(calls).toEqual(['pause'])
  await made.take()
  await made.take()
  expect(calls).toEqual(['pause'])
  await made.take()
  expect(calls).toEqual(['pause', 'resume'])
})

test('a waiting taker is woken by the next batch, and by the end', async () => {
  const { made } = inbox({ intakeBytes: 10, highBytes: 100 })
  const waiting = made.take()
  made.put(batch(5, [1]))
  expect((await waiting)?.next).toBe(6n)
  const last = made.take()
  made.close()
  expect(await last).toBeNull()
})

test('what waited at the end is forgotten, since it is not committed', async () => {
  const { made } = inbox({ intakeBytes: 10, highBytes: 100 })
  made.put(batch(0, [1]))
  made.close()
  made.put(batch(1, [1]))
  expect(await made.take()).toBeNull()
})
