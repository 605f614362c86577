import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { StatValue } from '../../../schemas/document.ts'
import { boundsOf, sigmaBounds } from '../../../services/analysis/bounds.ts'
import { correlations, pearson, ranksOf } from '../../../services/analysis/correlation.ts'
import { Frame } from '../../../services/analysis/frame.ts'
import { Moments } from '../../../services/analysis/moments.ts'
import { quantile } from '../../../services/analysis/quantile.ts'
import { boxOf, histogramOf } from '../../../services/analysis/shape.ts'
import { summaries } from '../../../services/analysis/summary.ts'

const finite = fc.double({ min: -1e9, max: 1e9, noNaN: true })
const sorted = (numbers: number[]) => Float64Array.from(numbers).sort()

function summaryOf(values: (StatValue | undefined)[], room?: number) {
  const frame = new Frame(room)
  for (const value of values) frame.add(value === undefined ? {} : { x: value })
  return { frame, summary: summaries(frame)[0] }
}

describe('what is said of a stat', () => {
  test('is what pandas says of numbers: the deviation of a sample, quantiles between neighbours', () => {
    const { summary } = summaryOf([1, 2, 3, 10])
    expect(summary).toMatchObject({ kind: 'number', count: 4, missing: 0 })
    expect(summary?.numbers).toMatchObject({ mean: 4, min: 1, max: 10 })
    expect(summary?.numbers?.std).toBeCloseTo(4.08248290463863, 12)
    const quartiles = summary?.numbers?.quantiles.filter(({ share }) => [0.25, 0.5, 0.75].includes(share))
    expect(quartiles?.map(({ value }) => value)).toEqual([1.75, 2.5, 4.75])
  })

  test('has no deviation for a single number', () => {
    expect(summaryOf([7]).summary?.numbers).toMatchObject({ mean: 7, std: null, min: 7, max: 7 })
  })

  test('counts texts and truths, and names the first of the most frequent', () => {
    expect(summaryOf(['b', 'a', 'a', 'b', 'c']).summary?.values).toMatchObject({ unique: 3, top: 'b', freq: 2 })
    expect(summaryOf([true, false, true]).summary?.values).toMatchObject({ unique: 2, top: 'true', freq: 2 })
  })

  test('looks at the items of lists', () => {
    const { summary } = summaryOf([[1, 2], [], [6]])
    expect(summary).toMatchObject({ kind: 'list', count: 3, missing: 0, numbers: { mean: 3, min: 1, max: 6 } })
  })

  test('takes null, absence and another kind than the first for missing', () => {
    expect(summaryOf([null, 1, undefined, 'text', 3]).summary).toMatchObject({ count: 2, missing: 3 })
    expect(summaryOf([null, undefined]).summary).toBeUndefined()
  })

  test('stays exact in count, mean, deviation and ends when not every document is kept, and says what is not', () => {
    const values = Array.from({ length: 1000 }, (_, i) => (i * 7919) % 1000)
    const all = summaryOf(values)
    const some = summaryOf(values, 100)
    expect([all.frame.exact, some.frame.exact, some.frame.kept]).toEqual([true, false, 100])
    const { mean, std, min, max } = all.summary?.numbers ?? {}
    expect(some.summary).toMatchObject({ count: 1000, numbers: { mean, std, min, max } })
    const median = some.summary?.numbers?.quantiles.find(({ share }) => share === 0.5)?.value ?? 0
    expect(Math.abs(median - 499.5)).toBeLessThan(200)
  })

  test('keeps whole documents, so that stats of one document stay together', () => {
    const frame = new Frame(50)
    for (let i = 0; i < 2000; i++) frame.add(i % 3 === 0 ? { x: i } : { x: i, y: -i })
    const [x, y] = [...frame.columns.values()].map((column) => frame.numbers(column))
    for (const [i, value] of (x ?? new Float64Array()).entries()) {
      expect(y?.[i]).toEqual(value % 3 === 0 ? Number.NaN : -value)
    }
  })
})

describe('arithmetic', () => {
  test('finds in one pass what two passes find', () => {
    fc.assert(
      fc.property(fc.array(finite, { minLength: 2, maxLength: 200 }), (numbers) => {
        const moments = new Moments()
        for (const number of numbers) moments.add(number)
        const mean = numbers.reduce((sum, number) => sum + number, 0) / numbers.length
        const squares = numbers.reduce((sum, number) => sum + (number - mean) ** 2, 0)
        expect(Math.abs(moments.mean - mean)).toBeLessThan(1e-3)
        const deviation = Math.sqrt(squares / (numbers.length - 1))
        expect(Math.abs(moments.deviation - deviation)).toBeLessThanOrEqual(1e-9 * deviation + 1e-3)
      }),
    )
  })

  test('has quantiles that grow with their share, within the ends', () => {
    fc.assert(
      fc.property(fc.array(finite, { minLength: 1 }), (numbers) => {
        const values = sorted(numbers)
        const found = [0, 0.1, 0.5, 0.9, 1].map((share) => quantile(values, share))
        expect(found[0]).toBe(values[0])
        expect(found.at(-1)).toBe(values.at(-1))
        for (const [i, value] of found.entries()) expect(value).toBeGreaterThanOrEqual((found[i - 1] ?? value) - 1e-6)
      }),
    )
  })

  test('puts every finite number into one bar of a histogram', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true })), (numbers) => {
        const { counts, from, to } = histogramOf(sorted(numbers))
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(numbers.filter(Number.isFinite).length)
        expect(from).toBeLessThanOrEqual(to)
      }),
    )
  })

  test('lets whiskers end at the last value within one and a half ranges of the quartiles', () => {
    expect(boxOf(sorted([1, 2, 3, 4, 5, 100]))).toEqual({
      low: 1,
      q1: 2.25,
      median: 3.5,
      q3: 4.75,
      high: 5,
      below: 0,
      above: 1,
    })
    expect(boxOf(new Float64Array())).toBeNull()
  })

  test('gives equals the mean of their ranks', () => {
    expect([...ranksOf(Float64Array.of(10, 30, 10, 20))]).toEqual([1.5, 4, 1.5, 3])
  })

  test('correlates over the documents that have both, and not what does not vary', () => {
    const { NaN: none } = Number
    expect(pearson(Float64Array.of(1, 2, none, 4), Float64Array.of(2, 4, 9, 8))).toBeCloseTo(1, 12)
    expect(pearson(Float64Array.of(1, 1, 1), Float64Array.of(1, 2, 3))).toBeNull()
    const frame = new Frame()
    for (const [x, y] of [
      [1, 1],
      [2, 100],
      [3, 101],
    ] as const)
      frame.add({ x, y, language: 'en' })
    const { stats, spearman, pearson: linear } = correlations(frame)
    expect(stats).toEqual(['x', 'y'])
    expect(spearman[0]?.[1]).toBeCloseTo(1, 12)
    expect(linear[0]?.[1]).toBeLessThan(0.95)
  })
})

describe('bounds', () => {
  const parameters = { min_len: 10, max_len: null, min_closed_interval: true, max_closed_interval: false, rep_len: 3 }

  test('are the parameters min_ and max_, but not the two that say whether an end is kept', () => {
    expect(boundsOf(parameters)).toEqual({ minimum: 10, maximum: null })
  })

  test('are set to the mean less and more three deviations, the open ones too', () => {
    expect(sigmaBounds(parameters, { mean: 100, std: 5 })).toEqual({ min_len: 85, max_len: 115 })
    expect(sigmaBounds(parameters, { mean: 100, std: null })).toEqual({})
  })
})
