import { describe, expect, test } from 'vitest'
import { replaceMatches } from '../../../services/operators/privacy/matches.ts'
import { RULES } from '../../../services/operators/privacy/rules.ts'

/** Milliseconds in which even a slow machine goes over 100 kB once; what is quadratic takes minutes. */
const SOON = 2000
const traps = [
  '-----BEGIN ',
  '-----END ',
  '-----BEGIN A-----',
  'eyJ-',
  'eyJa.',
  '255.',
  '[::',
  'aa:',
  ' /home',
  '\\',
  'a@',
  '@-.',
  'token ',
  'token:',
  '当前的 ',
  'u_-',
  '13',
  '+1',
]

describe.each(RULES.map((rule, i) => ({ ...rule, title: `${rule.kind} (rule ${i + 1})` })))('$title', ({ find }) => {
  test('leaves a text alone that holds nothing of its kind, as the same string', () => {
    const text = 'Nothing private is written here, in 1 or 2 lines.'
    expect(replaceMatches(text, find, () => 'X')).toBe(text)
  })

  test.each(traps)('goes over %j, a hundred thousand units of it, in no time', (trap) => {
    const text = `x ${trap.repeat(100_000 / trap.length)}`
    const start = performance.now()
    replaceMatches(text, find, () => '')
    expect(performance.now() - start).toBeLessThan(SOON)
  })
})
