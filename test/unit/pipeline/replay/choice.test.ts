import { InvalidArgumentError } from 'commander'
import { describe, expect, test } from 'vitest'
import type { DeadLetter } from '../../../../schemas/dead-letter.ts'
import { choiceOf, moment, place } from '../../../../services/cli/dead-letters/options.ts'
import { isChosen, type LetterChoice } from '../../../../services/pipeline/replay/choice.ts'
import { filed } from './letters.ts'

const chosen = (choice: LetterChoice, letter: Partial<DeadLetter> = {}) => isChosen(filed(letter), choice)

describe('a letter is chosen', () => {
  test('when nothing is asked for', () => {
    expect(chosen({})).toBe(true)
  })

  test.each<[LetterChoice, Partial<DeadLetter>]>([
    [{ ids: ['0-17', '1-5'] }, {}],
    [{ operator: 'a_mapper' }, { operator: 'a_mapper' }],
    [{ operator: 'decode' }, { operator: null }],
    [{ code: 'operator_failed' }, { code: 'operator_failed' }],
    [{ stage: '02-cpu' }, { stage: '02-cpu' }],
    [{ recipe: 'ab' }, { recipe: 'abcdef' }],
    [{ source: 'in/a.jsonl' }, { source: 'in/a.jsonl:7' }],
    [{ source: 'in/a.jsonl:7' }, { source: 'in/a.jsonl:7' }],
    [{ source: 'in/' }, { source: 'in/a.jsonl:7' }],
    [{ since: 100, until: 101 }, { last_time: 100 }],
  ])('by %j when it is %j', (choice, letter) => {
    expect(chosen(choice, letter)).toBe(true)
  })

  test.each<[LetterChoice, Partial<DeadLetter>]>([
    [{ ids: ['0-1'] }, {}],
    [{ operator: 'decode' }, { operator: 'a_mapper' }],
    [{ operator: 'a_mapper' }, { operator: null }],
    [{ code: 'json_broken' }, { code: 'operator_failed' }],
    [{ stage: '02-cpu' }, { stage: '02-cpu-more' }],
    [{ recipe: 'b' }, { recipe: 'abcdef' }],
    [{ source: 'in/a.jsonl:7' }, { source: 'in/a.jsonl:77' }],
    [{ source: 'in/a' }, { source: 'in/a.jsonl:7' }],
    [{ source: 'in' }, { source: null }],
    [{ since: 101 }, { last_time: 100 }],
    [{ until: 100 }, { last_time: 100 }],
    [
      { code: 'operator_failed', operator: 'b_mapper' },
      { code: 'operator_failed', operator: 'a_mapper' },
    ],
  ])('not by %j when it is %j', (choice, letter) => {
    expect(chosen(choice, letter)).toBe(false)
  })

  test('without a story only by its place, or the time at which it was written', () => {
    const foreign = { ...filed({}), letter: null }
    expect(isChosen(foreign, { ids: ['0-17'], since: 5, until: 6 })).toBe(true)
    expect(isChosen(foreign, { code: 'operator_failed' })).toBe(false)
    expect(isChosen(foreign, { since: 6 })).toBe(false)
  })
})

describe('an option', () => {
  test('takes a time as it is written, or how long ago it was', () => {
    expect(moment('2026-11-24T08:00Z')).toBe(Date.UTC(2026, 10, 24, 8))
    expect(Date.now() - moment('2h')).toBeCloseTo(7_200_000, -3)
    for (const wrong of ['soon', '2y', '']) expect(() => moment(wrong)).toThrow(InvalidArgumentError)
  })

  test('takes places, one after the other', () => {
    expect(place('1-5', place('0-17'))).toEqual(['0-17', '1-5'])
    for (const wrong of ['17', '0-', 'a-1', '0-1-2']) expect(() => place(wrong)).toThrow(InvalidArgumentError)
  })

  test('that is not given chooses nothing away', () => {
    expect(choiceOf({ code: 'json_broken' })).toEqual({ code: 'json_broken' })
  })
})
