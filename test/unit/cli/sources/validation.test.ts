import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { inputLines } from '../../../../services/cli/input-lines.ts'
import { validate } from '../../../../services/cli/sources/validation.ts'
import { Failure } from '../../../../topologies/failure.ts'
import type { Validator } from '../../../../topologies/recipe/validators.ts'
import { scratchDirectory } from '../../../support/command-line.ts'
import { rejectionOf } from '../../../support/failures.ts'

const SIZE = { sample_size: 100 }
const TURNS = { min_turns: 1, max_turns: 2, ...SIZE }

function faultOf(samples: unknown[], validator: Validator): string | null {
  try {
    validate(
      'a.jsonl',
      samples.map((sample) => Buffer.from(JSON.stringify(sample))),
      [validator],
    )
    return null
  } catch (thrown) {
    if (thrown instanceof Failure && thrown.code === 'input_invalid') return thrown.message
    throw thrown
  }
}

describe('required_fields', () => {
  const asks = (more: object): Validator => ({
    type: 'required_fields',
    required_fields: ['a'],
    field_types: {},
    allow_missing: 0,
    ...SIZE,
    ...more,
  })

  test.each([
    [[{ a: 1 }], {}, null],
    [[{ b: 1 }], {}, 'the field a is missing'],
    [[{ a: 1 }, { b: 1 }], {}, 'missing in 50.0 %'],
    [[{ a: 1 }, { b: 1 }], { allow_missing: 0.5 }, null],
    [[{ a: 'x' }], { field_types: { a: 'int' } }, 'must be of type int, and is str'],
    [[{ a: true }], { field_types: { a: 'int' } }, null],
    [[{ a: 1 }, { a: 1.5 }], { field_types: { a: 'float' } }, null],
    [[{ a: 1 }], { field_types: { a: 'float' } }, 'and is int'],
    [[{ a: [1] }], { field_types: { a: 'list' } }, null],
    [[{ a: {} }], { field_types: { a: 'dict' } }, null],
    [[{ a: 1 }, { b: 1 }], { sample_size: 1 }, null],
    [[], {}, null],
  ])('of %j with %j finds %s', (samples, more, fault) => {
    const found = faultOf(samples, asks(more))
    if (fault === null) expect(found).toBeNull()
    else expect(found).toContain(fault)
  })
})

describe('conversations', () => {
  const message = { role: 'user', content: 'x' }
  test.each([
    [{ messages: [message] }, null],
    [{ text: 'x' }, 'messages is missing'],
    [{ messages: 'x' }, 'must be an array'],
    [{ messages: [] }, 'between 1 and 2'],
    [{ messages: [{ role: 'bot', content: 'x' }] }, 'a role must be'],
    [{ messages: [{ role: 'user', content: null }] }, 'no content'],
  ])('of swift_messages: %j finds %s', (sample, fault) => {
    const found = faultOf([sample], { type: 'swift_messages', ...TURNS })
    if (fault === null) expect(found).toBeNull()
    else expect(found).toContain(fault)
  })

  const plain = { instruction: '', query: 'q', response: 'r' }
  test.each([
    [[plain], null],
    [[{ ...plain, history: [['q', 'r']] }], null],
    [
      [
        {
          ...plain,
          history: [
            ['q', 'r'],
            ['q', 'r'],
          ],
        },
      ],
      'between 1 and 2',
    ],
    [[{ ...plain, history: [['q']] }], 'turn 0 of history'],
    [[{ ...plain, query: 5 }], 'query must be a string'],
    [[{ ...plain, system: 's' }, plain], 'system must be a string'],
  ])('of dj_conversation: %j finds %s', (samples, fault) => {
    const found = faultOf(samples, { type: 'dj_conversation', ...TURNS })
    if (fault === null) expect(found).toBeNull()
    else expect(found).toContain(fault)
  })
})

test('A source is held against the validators before anything is read for the run, and nothing of it is lost', async () => {
  const directory = scratchDirectory()
  const [good, bad] = [join(directory, 'good.jsonl'), join(directory, 'bad.jsonl')]
  writeFileSync(good, '{"text":"a"}\nbroken\n{"text":"b"}\n')
  writeFileSync(bad, '{"body":"a"}\n')
  const validators: Validator[] = [
    { type: 'required_fields', required_fields: ['text'], field_types: {}, allow_missing: 0, ...SIZE },
  ]
  const seen: string[] = []
  for await (const lines of await inputLines([good], { suffixes: [], validators })) {
    for (const { bytes } of lines) seen.push(Buffer.from(bytes).toString())
  }
  expect(seen).toEqual(['{"text":"a"}', 'broken', '{"text":"b"}'])
  const failure = await rejectionOf(inputLines([good, bad], { suffixes: [], validators }))
  expect(failure).toMatchObject({ code: 'input_invalid', message: expect.stringContaining(bad) })
})
