import { describe, expect, test } from 'vitest'
import { readSample, writeSample } from '../../../schemas/sample.ts'
import { Passage } from '../../../services/worker/chain/passage.ts'
import type { Change } from '../../../topologies/operator.ts'
import { failureOf } from '../../support/failures.ts'

function passageOf(line: string, textKey = 'text'): Passage {
  const sample = readSample(Buffer.from(line), { textKey, maxDepth: 8, textOptional: true })
  const place = { id: '', source: '', partition: 0, offset: 0n, ordinal: 0n, skipped: [] }
  return new Passage({ ...sample, ...place }, textKey)
}

function changed(line: string, change: Change): string {
  const passage = passageOf(line)
  passage.change('text', change)
  return writeSample(passage.document).toString()
}

describe('a sample without a text', () => {
  test.each(['{"n":1}', '{"text":null}', '{"text":5}'])('%s has none to give, and stays as it is', (line) => {
    const passage = passageOf(line)
    expect(failureOf(() => passage.text('text')).code).toMatch(/^text_(missing|not_a_string)/)
    expect(writeSample(passage.document).toString()).toBe(line)
  })

  test('takes one from an operator, behind its members or in the place of what is there', () => {
    expect(changed('{"n":1.0}', { text: 'a' })).toBe('{"n":1.0,"text":"a"}')
    expect(changed('{"text":5, "n":1.0}', { text: 'a' })).toBe('{"text":"a", "n":1.0}')
  })

  test('shows fields under the key of the text as fields', () => {
    expect(passageOf('{"text":5}').field('text')).toBe(5)
    expect(passageOf('{"text":5}').subject('text').sample()).toEqual({ text: 5 })
  })
})

describe('tags', () => {
  test('come beside those that are there, of which none is spelt anew', () => {
    const line = '{"__dj__meta__":{"a":1.0,"b":12345678901234567890},"text":"t"}'
    expect(changed(line, { tags: { b: 2, c: [true] } })).toBe('{"__dj__meta__":{"a":1.0,"b":2,"c":[true]},"text":"t"}')
  })

  test('make a member of their own where there is none', () => {
    expect(changed('{"text":"t"}', { tags: { a: 'x' }, fields: { f: 1 } })).toBe(
      '{"text":"t","f":1,"__dj__meta__":{"a":"x"}}',
    )
  })

  test.each(['null', '[]', '"x"'])('are refused where %s stands in their place', (value) => {
    expect(failureOf(() => changed(`{"text":"t","__dj__meta__":${value}}`, { tags: { a: 1 } })).code).toBe(
      'operator_failed',
    )
  })
})

describe('what an operator reads', () => {
  test('is exact where it asks for that, and what was written before is seen', () => {
    const passage = passageOf('{"n":{"2":1.0,"1":[0.50]},"text":"t"}')
    const subject = passage.subject('text')
    expect(JSON.stringify(subject.field('n'))).toBe('{"1":[0.5],"2":1}')
    passage.change('text', { fields: { copy: subject.exact('n') ?? null } })
    expect(writeSample(passage.document).toString()).toBe(
      '{"n":{"2":1.0,"1":[0.50]},"text":"t","copy":{"2":1.0,"1":[0.50]}}',
    )
    expect(passage.field('copy')).toEqual({ 1: [0.5], 2: 1 })
  })
})

describe('a subject', () => {
  test('names its fields, the text included, in their order', () => {
    const subject = passageOf('{"b":1,"text":"t","a.b":2}').subject('other')
    expect(subject.keys()).toEqual(['b', 'text', 'a.b'])
    expect(subject.textKey).toBe('other')
  })

  test('shows the text within the field that holds it', () => {
    const passage = passageOf('{"content":{"body":"old","n":1}}', 'content.body')
    passage.change('content.body', { text: 'new' })
    expect(passage.field('content')).toEqual({ body: 'new', n: 1 })
  })
})
