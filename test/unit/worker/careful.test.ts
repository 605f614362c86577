import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { IncomingRecord } from '../../../services/brokers/broker.ts'
import { emptyTally } from '../../../services/worker/chain/tally.ts'
import type { BatchResult } from '../../../services/worker/chain/work.ts'
import { CarefulProcessor, type CondemningProcessor } from '../../../services/worker/thread/careful.ts'
import { type Diary, type DiaryEntry, fileDiary } from '../../../services/worker/thread/diary.ts'

class ProcessDied extends Error {}

/** A processor whose process dies of some offsets; it notes what it kept and what it set aside. */
function deadly(poison: Set<number>): CondemningProcessor {
  const result = (records: IncomingRecord[], to: 'output' | 'deadLetters'): BatchResult => {
    const tally = { ...emptyTally([]), records: records.length }
    return {
      output: [],
      rejected: [],
      deadLetters: [],
      elsewhere: [],
      tally,
      [to]: records.map(({ value }) => ({ key: null, value })),
    }
  }
  return {
    close: async () => undefined,
    setAside: async (record) => result([record], 'deadLetters'),
    process: async (records) => {
      if (records.some(({ offset }) => poison.has(Number(offset)))) throw new ProcessDied()
      return result(records, 'output')
    },
  }
}

function records(from: number, to: number, timestamp = 0): IncomingRecord[] {
  return Array.from({ length: to - from }, (_, i) => {
    const offset = BigInt(from + i)
    return { offset, timestamp, key: null, value: Buffer.from(String(offset)), headers: {} }
  })
}

const shown = (result: BatchResult) => ({
  kept: result.output.map(({ value }) => Number(value)),
  aside: result.deadLetters.map(({ value }) => Number(value)),
})

/** Processes after each other, until one gets through the batch. Gives its result and how many died before it. */
async function lifetimes(diary: Diary, poison: Set<number>, batch: IncomingRecord[]) {
  for (let deaths = 0; deaths < 200; deaths++) {
    try {
      const result = await new CarefulProcessor(deadly(poison), diary).process(batch, 3)
      return { ...shown(result), deaths }
    } catch (thrown) {
      if (!(thrown instanceof ProcessDied)) throw thrown
    }
  }
  throw new Error('no process ever got through')
}

function memoryDiary(): Diary {
  const entries = new Map<number, DiaryEntry>()
  return {
    read: (partition) => entries.get(partition) ?? null,
    write: (partition, entry) => void entries.set(partition, entry),
    clear: (partition) => void entries.delete(partition),
  }
}

test('a record that takes down the process is set aside after a few deaths, and all others pass', async () => {
  const batch = records(1000, 2000)
  const { kept, aside, deaths } = await lifetimes(memoryDiary(), new Set([1777]), batch)
  expect(aside).toEqual([1777])
  expect(kept).toEqual(batch.map(({ offset }) => Number(offset)).filter((offset) => offset !== 1777))
  expect(deaths).toBeLessThanOrEqual(8)
})

test('every poisonous record of a batch is found, wherever they are, and no other is set aside', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 60 }),
      fc.uniqueArray(fc.nat(59), { maxLength: 3 }),
      async (size, bad) => {
        const diary = memoryDiary()
        const poison = new Set(bad.filter((offset) => offset < size))
        const kept: number[] = []
        const aside: number[] = []
        // As a lane does: what has got through is committed, and the next process begins behind it.
        for (let at = 0; at < size; at += 20) {
          const given = await lifetimes(diary, poison, records(at, Math.min(at + 20, size)))
          kept.push(...given.kept)
          aside.push(...given.aside)
        }
        expect(aside).toEqual([...poison].sort((a, b) => a - b))
        expect(kept.length + aside.length).toBe(size)
      },
    ),
  )
})

test('a process that was killed once, or at other records, leaves no suspicion behind', async () => {
  const diary = memoryDiary()
  const first = { offset: 0n, timestamp: 0 }
  diary.write(3, { first, to: 10n, deaths: 0, condemned: [] })
  const once = await lifetimes(diary, new Set(), records(0, 10))
  expect(once).toEqual({ kept: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], aside: [], deaths: 0 })
  diary.write(3, { first, to: 10n, deaths: 9, condemned: [] })
  const elsewhere = await lifetimes(diary, new Set(), records(10, 20))
  expect(elsewhere.aside).toEqual([])
})

test('processes that end in order one after the other, each at the same offsets, leave no suspicion behind', async () => {
  const diary = memoryDiary()
  for (let run = 0; run < 12; run++) {
    const careful = new CarefulProcessor(deadly(new Set()), diary)
    expect(shown(await careful.process(records(0, 1), 3))).toEqual({ kept: [0], aside: [] })
    await careful.close()
    expect(diary.read(3)).toBeNull()
  }
})

test('what is known of a topic says nothing of one that was made anew in its place', async () => {
  const diary = memoryDiary()
  const first = { offset: 0n, timestamp: 1 }
  for (const condemned of [[], [first]]) {
    diary.write(3, { first, to: 1n, deaths: 9, condemned })
    const made = await lifetimes(diary, new Set(), records(0, 1, 2))
    expect(made).toEqual({ kept: [0], aside: [], deaths: 0 })
    diary.write(3, { first, to: 1n, deaths: 9, condemned })
    const same = await lifetimes(diary, new Set(), records(0, 1, 1))
    expect(same.aside).toEqual([0])
  }
})

test('the diary lies in files, and one that cannot be read or written is as good as none', () => {
  const diary = fileDiary(join(mkdtempSync(join(tmpdir(), 'millrace-diary-')), 'sub', 'group'))
  expect(diary.read(0)).toBeNull()
  const entry = {
    first: { offset: 1n, timestamp: 5 },
    to: 2n ** 60n,
    deaths: 3,
    condemned: [{ offset: 7n, timestamp: 6 }],
  }
  diary.write(0, entry)
  expect(diary.read(0)).toEqual(entry)
  diary.clear(0)
  expect(diary.read(0)).toBeNull()
  const nowhere = fileDiary('/dev/null/x')
  nowhere.write(0, entry)
  nowhere.clear(0)
  expect(nowhere.read(0)).toBeNull()
})
