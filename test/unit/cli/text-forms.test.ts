import { expect, test } from 'vitest'
import { bytes, count, counted, duration } from '../../../services/cli/terminal/numbers.ts'
import { table } from '../../../services/cli/terminal/table.ts'
import { difference } from '../../../services/cli/trial/difference.ts'

test('a table aligns text to the left and numbers to the right', () => {
  const lines = table(
    [{ head: 'name' }, { head: 'n', right: true }],
    [
      ['a', '1'],
      ['longer', '1,000'],
    ],
  )
  expect(lines).toEqual(['  name        n', '  a           1', '  longer  1,000'])
})

test('a difference begins a little before the first character that differs', () => {
  const same = 'the same words for quite a while, and then '
  expect(difference(`${same}left`, `${same}right`)).toEqual([
    `- …${same.slice(-20)}left`,
    `+ …${same.slice(-20)}right`,
    '  they part at character 43',
  ])
})

test('a difference shows what cannot be seen', () => {
  expect(difference('a b', 'a\u200bb\n').slice(0, 2)).toEqual(['- a b', '+ a\\u200bb\\n'])
})

test('numbers carry their units', () => {
  expect([count(1234567), counted(1, 'record'), counted(2000, 'record')]).toEqual([
    '1,234,567',
    '1 record',
    '2,000 records',
  ])
  expect([bytes(0), bytes(999), bytes(1000), bytes(1234567)]).toEqual(['0 bytes', '999 bytes', '1.0 kB', '1.2 MB'])
  expect([duration(4.25), duration(185), duration(7620)]).toEqual(['4.3 s', '3 min 05 s', '2 h 07 min'])
})
