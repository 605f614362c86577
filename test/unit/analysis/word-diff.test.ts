import fc from 'fast-check'
import { expect, test } from 'vitest'
import { excerpts, type Piece, wordDiff } from '../../../services/analysis/word-diff.ts'

const side = (pieces: Piece[], left: Piece['kind']) =>
  pieces
    .filter(({ kind }) => kind !== left)
    .map(({ text }) => text)
    .join('')

const texts = fc.array(fc.constantFrom('the ', 'mill', ' wheel', '\n', '水', '流', '.', '😀', '<a@b.org>'), {
  maxLength: 60,
})

test('both texts can be read from their difference', () => {
  fc.assert(
    fc.property(texts, texts, (one, other) => {
      const [before, after] = [one.join(''), other.join('')]
      const pieces = wordDiff(before, after)
      expect(side(pieces, 'added')).toBe(before)
      expect(side(pieces, 'removed')).toBe(after)
    }),
  )
})

test('only the words that changed are in it', () => {
  expect(wordDiff('write to me@x.org now', 'write to now')).toEqual([
    { kind: 'same', text: 'write to ' },
    { kind: 'removed', text: 'me@x.org ' },
    { kind: 'same', text: 'now' },
  ])
})

test('Chinese changes sign by sign', () => {
  expect(wordDiff('水流', '水车')).toEqual([
    { kind: 'same', text: '水' },
    { kind: 'removed', text: '流' },
    { kind: 'added', text: '车' },
  ])
})

test('texts with nothing in common are replaced whole, in little time', () => {
  const before = Array.from({ length: 20_000 }, (_, i) => `a${i}`).join(' ')
  const after = Array.from({ length: 20_000 }, (_, i) => `b${i}`).join('\t')
  const started = performance.now()
  expect(wordDiff(before, after).map(({ kind }) => kind)).toEqual(['removed', 'added'])
  expect(performance.now() - started).toBeLessThan(5_000)
})

test('an excerpt leaves out what is far from any change', () => {
  const far = 'x'.repeat(100)
  const pieces = wordDiff(`${far} old ${far}`, `${far} new ${far}`)
  expect(excerpts(pieces, 5).map(({ text }) => text)).toEqual(['…xxxx ', 'old', 'new', ' xxxx…'])
})
