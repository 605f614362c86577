import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { check } from '../../../topologies/recipe/mistakes.ts'

function messages(schema: z.ZodType, value: unknown): string[] {
  const checked = check(schema, value)
  return 'mistakes' in checked
    ? checked.mistakes.map(({ path, message, hint }) => [path.join('.'), message, hint].filter(Boolean).join(': '))
    : []
}

describe('a mistake is said in words that a reader of recipes knows', () => {
  it.each<[string, z.ZodType, unknown, string]>([
    ['text for a number', z.number(), 'five', 'must be a number, not "five"'],
    ['a fraction for a whole number', z.int(), 1.5, 'must be a whole number, not 1.5'],
    ['no end for a number', z.number(), Number.POSITIVE_INFINITY, 'must be finite, not Infinity'],
    ['nothing for text', z.string(), null, 'must be text, not nothing (null)'],
    ['a list for a mapping', z.strictObject({}), [1, 2], 'must be a mapping, not a list of 2'],
    ['too little', z.number().min(3), 2, 'must be at least 3, not 2'],
    ['just too little', z.number().positive(), 0, 'must be more than 0, not 0'],
    ['too much', z.number().max(3), 4, 'must be at most 3, not 4'],
    ['too short a text', z.string().min(1), '', 'must have at least 1 character, not empty'],
    ['too few entries', z.array(z.string()).min(2), ['a'], 'must have at least 2 entries, not 1'],
    [
      'a choice that is none',
      z.enum(['red', 'blue']),
      'blu',
      'must be one of red, blue, not "blu": Did you mean blue?',
    ],
    ['neither of two kinds', z.union([z.string(), z.boolean()]), 7, 'must be text or true or false, not 7'],
    ['a long text', z.number(), 'x'.repeat(100), `must be a number, not "${'x'.repeat(40)}…"`],
  ])('%s', (_name, schema, value, message) => {
    expect(messages(schema, value)).toEqual([message])
  })

  it('a sentence that a schema brings along is kept', () => {
    const schema = z.strictObject({ tokenization: z.literal(false, { error: 'needs a tokenizer' }) })
    expect(messages(schema, { tokenization: true })).toEqual(['tokenization: needs a tokenizer'])
  })

  it('a union shows the mistakes of the branch that was meant', () => {
    const schema = z.union([z.string(), z.strictObject({ size: z.number(), colour: z.string() })])
    expect(messages(schema, { size: 'big', color: 'red' })).toEqual([
      'size: must be a number, not "big"',
      'colour: is missing: it must be text',
      'color: is not known here: Did you mean colour?',
    ])
  })

  it('a missing value is said to be missing', () => {
    expect(messages(z.strictObject({ name: z.string() }), {})).toEqual(['name: is missing: it must be text'])
  })
})
