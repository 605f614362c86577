import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { Document } from '../../../schemas/document.ts'
import { buildChain } from '../../../services/worker/chain/chain.ts'
import { emptyTally } from '../../../services/worker/chain/tally.ts'
import {
  type Catalog,
  defineFilter,
  defineSampleMapper,
  defineTextMapper,
  type OperatorContext,
} from '../../../topologies/operator.ts'
import type { OnFailure, PlannedOperator } from '../../../topologies/topology.ts'

const shared = { summary: '', parameters: z.strictObject({}), examples: [] }

const upper = defineTextMapper({
  ...shared,
  name: 'upper_mapper',
  create:
    () =>
    ({ value }) =>
      value.toUpperCase(),
})
const broken = defineTextMapper({
  ...shared,
  name: 'broken_mapper',
  create:
    () =>
    ({ value }) => {
      if (value.includes('BAD')) throw new RangeError('cannot')
      return value
    },
})
let measured = 0
const long = defineFilter({
  ...shared,
  name: 'length_filter',
  reasons: ['too_short'],
  create: () => ({
    stats: ['length'],
    measure({ value }) {
      measured++
      return { length: value.length }
    },
    judge: ({ length }) => (Number(length) < 3 ? 'too_short' : null),
  }),
})

const catalog: Catalog = new Map([upper, broken, long].map((definition) => [definition.name, definition]))
const context: OperatorContext = { assets: '', readAsset: () => new Uint8Array(), listAssets: () => [] }

const planned = (
  index: number,
  name: string,
  onFailure: OnFailure = 'dead_letter',
  textKey = 'text',
): PlannedOperator => ({ index, name, parameters: {}, textKey, onFailure })

const document = (text: string, fields = '{"text":null}'): Document => ({
  id: '0-0',
  source: 's',
  partition: 0,
  offset: 0n,
  ordinal: 0n,
  text,
  fields: Buffer.from(fields),
  textAt: fields.indexOf('null'),
  stats: {},
  repairs: [],
  skipped: [],
})

function run(operators: PlannedOperator[], subject: Document) {
  const { operators: tallies } = emptyTally(operators)
  const outcomes = buildChain({ operators, textKey: 'text' }, catalog, context)(subject, tallies)
  const [outcome] = outcomes
  return { outcome, outcomes, tallies: tallies.map(({ seconds: _, ...rest }) => rest) }
}

const counts = { in: 1, kept: 0, dropped: {}, failed: 0, skipped: 0 }

describe('a chain', () => {
  test('hands each operator what the one before it made', () => {
    const { outcome, tallies } = run([planned(0, 'upper_mapper'), planned(1, 'length_filter')], document('mill'))
    expect(outcome).toMatchObject({ kind: 'kept', document: { text: 'MILL', stats: { length: 4 } } })
    expect(tallies).toEqual([
      { index: 0, name: 'upper_mapper', ...counts, kept: 1 },
      { index: 1, name: 'length_filter', ...counts, kept: 1 },
    ])
  })

  test('ends at the operator that drops the document, and counts its reason', () => {
    const { outcome, tallies } = run([planned(0, 'length_filter'), planned(1, 'upper_mapper')], document('ab'))
    expect(outcome).toMatchObject({
      kind: 'rejected',
      reason: 'too_short',
      operator: { index: 0 },
      document: { text: 'ab', stats: { length: 2 } },
    })
    expect(tallies).toMatchObject([{ in: 1, dropped: { too_short: 1 } }, { in: 0 }])
  })

  test('trusts a stat that the document brings along', () => {
    const before = measured
    const { outcome } = run([planned(0, 'length_filter')], { ...document('ab'), stats: { length: 99 } })
    expect(outcome?.kind).toBe('kept')
    expect(measured).toBe(before)
  })

  test('works on another field where the operator says so, and leaves the rest of the sample alone', () => {
    const fields = '{"n": 1.0, "text":null, "title": "a mill"}'
    const { outcome } = run([planned(0, 'upper_mapper', 'dead_letter', 'title')], document('text', fields))
    expect(outcome?.kind).toBe('kept')
    if (outcome?.kind === 'kept')
      expect(Buffer.from(outcome.document.fields).toString()).toBe('{"n": 1.0, "text":null, "title": "A MILL"}')
  })

  test('refuses an operator that nobody wrote', () => {
    expect(() => run([planned(0, 'missing_mapper')], document('x'))).toThrow(
      expect.objectContaining({ code: 'operator_unknown' }),
    )
  })
})

describe('a document on which an operator fails', () => {
  const chain = (policy: OnFailure) => [planned(0, 'broken_mapper', policy), planned(1, 'upper_mapper')]

  test('is set aside with the operator and a code', () => {
    const { outcome, tallies } = run(chain('dead_letter'), document('BAD'))
    expect(outcome).toMatchObject({
      kind: 'failed',
      operator: { name: 'broken_mapper' },
      failure: { code: 'operator_failed' },
    })
    expect(tallies).toMatchObject([{ failed: 1 }, { in: 0 }])
  })

  test('passes on, marked, where the recipe says so, and the operators behind do their work', () => {
    const { outcome, tallies } = run(chain('pass_through'), document('BAD luck'))
    expect(outcome).toMatchObject({ kind: 'kept', document: { text: 'BAD LUCK', skipped: ['broken_mapper'] } })
    expect(tallies).toMatchObject([{ skipped: 1, kept: 0, failed: 0 }, { kept: 1 }])
  })

  test('is rejected where the recipe says drop', () => {
    expect(run(chain('drop'), document('BAD')).outcome).toMatchObject({ kind: 'rejected', reason: 'failed' })
  })

  test('ends the run where the recipe says stop', () => {
    expect(() => run(chain('stop'), document('BAD'))).toThrow(expect.objectContaining({ code: 'stopped_by_recipe' }))
  })
})

describe('a mapper of samples', () => {
  const split = defineSampleMapper({
    ...shared,
    name: 'split_mapper',
    create: () => (subject) =>
      subject
        .text()
        .value.split('|')
        .filter((part) => part !== '')
        .map((text) => ({ text, fields: { of: subject.field('id') ?? null } })),
  })
  const known: Catalog = new Map([...catalog, ['split_mapper', split]])
  const chain = [planned(0, 'split_mapper'), planned(1, 'length_filter')]

  const outcomesOf = (text: string) => {
    const { operators: tallies } = emptyTally(chain)
    const subject = document(text, '{"id": 7, "text":null}')
    return { outcomes: buildChain({ operators: chain, textKey: 'text' }, known, context)(subject, tallies), tallies }
  }

  test('makes parts, each with a fate and an id of its own, and all that the document had', () => {
    const { outcomes, tallies } = outcomesOf('first|ab|third')
    expect(outcomes).toMatchObject([
      { kind: 'kept', document: { id: '0-0.1', text: 'first', stats: { length: 5 } } },
      { kind: 'rejected', document: { id: '0-0.2', text: 'ab' }, reason: 'too_short' },
      { kind: 'kept', document: { id: '0-0.3', text: 'third' } },
    ])
    expect(tallies).toMatchObject([
      { in: 1, kept: 1 },
      { in: 3, kept: 2 },
    ])
    for (const { document: part } of outcomes)
      expect(Buffer.from(part.fields).toString()).toBe('{"id": 7, "text":null,"of":7}')
  })

  test('that makes one document changes it in its place', () => {
    expect(outcomesOf('only').outcomes).toMatchObject([{ kind: 'kept', document: { id: '0-0', text: 'only' } }])
  })

  test('that makes none rejects the document, and says so', () => {
    expect(outcomesOf('').outcomes).toMatchObject([{ kind: 'rejected', reason: 'nothing_left' }])
  })
})
