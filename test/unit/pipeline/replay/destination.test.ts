import { describe, expect, test } from 'vitest'
import { createCodec } from '../../../../schemas/codec.ts'
import type { DeadLetter } from '../../../../schemas/dead-letter.ts'
import { destinationOf } from '../../../../services/pipeline/replay/destination.ts'
import type { FiledLetter } from '../../../../services/pipeline/replay/filed-letter.ts'
import { resumptionHeader } from '../../../../services/worker/chain/resumption.ts'
import type { Topology } from '../../../../topologies/topology.ts'
import { topologyOf } from '../../../support/pipelines.ts'
import { filed } from './letters.ts'

const codec = createCodec()

const base = topologyOf('process: [whitespace_normalization_mapper]\nstream: {name: p}\n')

/** A recipe of these operators. */
function planned(names: string[], recipe = 'r'): Topology {
  const rest = { parameters: {}, textKey: 'text', onFailure: 'dead_letter' as const }
  const operators = names.map((name, index) => ({ index, name, ...rest }))
  return { ...base, recipe, stages: base.stages.map((stage) => ({ ...stage, operators })) }
}

const topology = planned(['first_mapper', 'a_mapper', 'b_mapper', 'a_mapper'])

function destination(letter: FiledLetter, changed: Partial<Parameters<typeof destinationOf>[1]> = {}) {
  return destinationOf(letter, { topology, codec, acceptRecipeChange: false, ...changed })
}

const inChannel: Partial<DeadLetter> = {
  stage: '02-cpu',
  topic: 'p.02-cpu.in',
  operator: 'b_mapper',
  operator_index: 2,
}

describe('a letter goes on', () => {
  test('at the operator that failed, as the document stood, as the raw record that it was', () => {
    const before = Buffer.from('document')
    expect(destination(filed({ before, attempts: 2 }))).toEqual({
      document: before,
      restarted: false,
      resumption: {
        operator: { index: 1, name: 'a_mapper' },
        recipe: 'r',
        attempts: 2,
        first_time: 100,
        timestamp: 7,
        origin: { partition: 3, offset: 9n },
        letter: '0-17',
      },
    })
  })

  test('at the door when it failed there, and as the first record that it stands for', () => {
    const earlier = { operator: null, recipe: 'r', attempts: 1, first_time: 1, timestamp: 2, letter: '0-0' }
    const header = resumptionHeader({ ...earlier, origin: { partition: 0, offset: 4n } })
    const again = filed({ operator: null, document: null }, { headers: { 'millrace.resume': Buffer.from(header) } })
    expect(destination(again)).toMatchObject({
      resumption: { operator: null, origin: { partition: 0, offset: 4n }, timestamp: 2 },
    })
  })

  test('with a Document for its value when it comes from a later stage, which has its own place', () => {
    expect(destination(filed(inChannel))).toMatchObject({
      resumption: { operator: { index: 2 }, origin: null },
      document: null,
    })
  })

  test('at the only operator of its name when places have changed, and in its place when there are several', () => {
    const moved = planned(['new_mapper', 'first_mapper', 'a_mapper'], 'other')
    expect(destination(filed({}), { topology: moved, acceptRecipeChange: true })).toMatchObject({
      resumption: { operator: { index: 2, name: 'a_mapper' }, recipe: 'other' },
    })
    const changed = { topology: { ...topology, recipe: 'other' }, acceptRecipeChange: true }
    expect(destination(filed({}), changed)).toMatchObject({ resumption: { operator: { index: 1 } } })
  })

  test('at the beginning of its stage when nobody kept how it stood', () => {
    expect(destination(filed({ resumable: false }))).toMatchObject({ resumption: { operator: null }, restarted: true })
    const value = codec.encodeDocument({
      id: '3-9',
      source: '',
      partition: 3,
      offset: 9n,
      ordinal: 9n,
      text: 't',
      fields: Buffer.from('{"text":null}'),
      textAt: 8,
      stats: {},
      repairs: [],
      skipped: [],
    })
    expect(destination(filed({ ...inChannel, resumable: false, stage_start: 1 }, { value }))).toMatchObject({
      resumption: { operator: { index: 1, name: 'a_mapper' } },
      restarted: true,
    })
    const part = filed({ ...inChannel, resumable: false, stage_start: 1, document: '3-9.2' }, { value })
    expect(destination(part)).toMatchObject({ reason: 'part_of_split' })
  })
})

describe('a letter is refused', () => {
  test.each<[string, FiledLetter]>([
    ['foreign', { ...filed({}), letter: null }],
    ['incomplete', filed({}, { headers: { 'millrace.oversize': Buffer.from('{}') } })],
    ['recipe_changed', filed({ recipe: 'other' })],
    ['operator_gone', filed({ operator: 'c_mapper' })],
    ['operator_gone', filed({ operator_index: 2 })],
    ['part_of_split', filed({ resumable: false, document: '3-9.2' })],
    ['stage_unknown', filed({ ...inChannel, operator: null, stage_start: -1 })],
  ])('as %s', (reason, letter) => {
    expect(destination(letter)).toMatchObject({ reason })
  })

  test('when its stage cannot be found any more because the recipe has changed', () => {
    const letter = filed({ ...inChannel, operator: null, recipe: 'other' })
    expect(destination(letter, { acceptRecipeChange: true })).toMatchObject({ reason: 'stage_unknown' })
  })

  test('by the recipe for which it was replayed, when it failed before it got to its operator', () => {
    const earlier = { recipe: 'older', attempts: 1, first_time: 1, timestamp: 2, letter: '0-0', origin: null }
    const header = resumptionHeader({ ...earlier, operator: { index: 1, name: 'a_mapper' } })
    const headers = { 'millrace.resume': Buffer.from(header) }
    const misplaced = filed({ operator: null, code: 'replay_misplaced' }, { headers })
    expect(destination(misplaced)).toMatchObject({
      reason: 'recipe_changed',
      sentence: expect.stringContaining('older'),
    })
    expect(destination(misplaced, { acceptRecipeChange: true })).toMatchObject({
      resumption: { operator: { index: 1, name: 'a_mapper' }, recipe: 'r' },
    })
  })
})
