import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Draws, drawsOf } from '../../../../services/operators/augmentation/draws.ts'

const SEED = 2 ** 40 + 12345

const times = <T>(count: number, draw: () => T) => Array.from({ length: count }, draw)

test('gives the fractions that Python 3.11 gives for a seed of any size', () => {
  const draws = new Draws(42)
  expect(times(3, () => draws.fraction())).toEqual([0.6394267984578837, 0.025010755222666936, 0.27502931836911926])
  expect(new Draws(0).fraction()).toBe(0.8444218515250481)
  expect(new Draws(Number.MAX_SAFE_INTEGER).fraction()).toBe(0.09425040007102303)
})

test('gives the bounded numbers that Python 3.11 gives', () => {
  const draws = new Draws(42)
  expect(times(8, () => draws.below(7))).toEqual([5, 0, 0, 5, 2, 1, 1, 1])
  expect(times(2, () => draws.below(2 ** 31 - 1))).toEqual([1581559892, 220106707])
})

test('samples as Python 3.11 does, on both sides of where it draws another way', () => {
  const draws = new Draws(SEED)
  expect(times(2, () => draws.fraction())).toEqual([0.31036222241287226, 0.1148930862836336])
  const sample = (of: number, wanted: number) => draws.sample([...Array(of).keys()], wanted)
  expect(sample(10, 4)).toEqual([8, 2, 3, 1])
  expect(sample(22, 5)).toEqual([21, 2, 19, 9, 0])
  expect(sample(85, 7)).toEqual([24, 35, 49, 39, 26, 10, 55])
  expect(sample(86, 7)).toEqual([57, 13, 68, 74, 83, 9, 43])
  expect(sample(1000, 10)).toEqual([734, 379, 147, 625, 807, 139, 674, 510, 141, 676])
})

test('draws between two bounds as the legacy generator of NumPy does', () => {
  const draws = new Draws(SEED)
  expect(times(12, () => draws.within(1, 5))).toEqual([3, 2, 5, 2, 3, 2, 2, 4, 2, 4, 1, 3])
  expect(draws.within(3, 3)).toBe(3)
  expect(times(4, () => draws.within(0, 999))).toEqual([713, 267, 77, 650])
})

test('skipping fractions is drawing them and looking away', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.array(fc.nat(2000), { maxLength: 4 }), (seed, counts) => {
      const [skipping, drawing] = [new Draws(seed), new Draws(seed)]
      for (const count of counts) {
        skipping.skipFractions(count)
        for (let i = 0; i < count; i++) drawing.fraction()
        expect(skipping.fraction()).toBe(drawing.fraction())
      }
    }),
    { numRuns: 50 },
  )
})

test('a sample has as many different members as were wanted', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.integer({ min: 0, max: 21 }), fc.nat(200), (seed, wanted, more) => {
      const choices = [...Array(wanted + more).keys()]
      const sample = new Draws(seed).sample(choices, wanted)
      expect(new Set(sample).size).toBe(wanted)
      expect(sample.every((one) => choices.includes(one))).toBe(true)
    }),
  )
})

test('a document has draws of its own, by seed, operator and text', () => {
  const first = (...of: [seed: number, operator: string, text: string]) => drawsOf(...of).fraction()
  expect(first(1, 'a', 'text')).toBe(first(1, 'a', 'text'))
  const others = [first(1, 'a', 'text'), first(2, 'a', 'text'), first(1, 'b', 'text'), first(1, 'a', 'text ')]
  expect(new Set(others).size).toBe(4)
})

test('there is nothing to draw of nothing', () => {
  expect(() => new Draws(1).one([])).toThrow(RangeError)
})
