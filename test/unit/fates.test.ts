import { expect, test } from 'vitest'
import { type Fate, violations } from '../support/fates.ts'

const fate = (id: string, kind: Fate['kind'] = 'refined'): Fate => ({ id, kind, content: '' })
const ids = ['0-0', '0-1', '1-0']
const whole = [fate('0-0'), fate('0-1', 'rejected'), fate('1-0', 'dead letter')]

test('finds nothing when every record has one fate', () => {
  expect(violations(ids, whole)).toEqual({ lost: [], doubled: [], invented: [] })
})

test('finds a planted loss', () => {
  expect(violations(ids, whole.slice(1))).toEqual({ lost: ['0-0'], doubled: [], invented: [] })
})

test('finds a planted duplicate of the same kind', () => {
  expect(violations(ids, [...whole, fate('0-0')])).toEqual({ lost: [], doubled: ['0-0'], invented: [] })
})

test('finds a record that was both refined and rejected', () => {
  expect(violations(ids, [...whole, fate('0-1')])).toEqual({ lost: [], doubled: ['0-1'], invented: [] })
})

test('finds a fate of a record that was never fed', () => {
  expect(violations(ids, [...whole, fate('7-7')])).toEqual({ lost: [], doubled: [], invented: ['7-7'] })
})
