import { describe, expect, test } from 'vitest'
import {
  liesBehind,
  placeIn,
  type Resumption,
  resumptionHeader,
  resumptionOf,
} from '../../../services/worker/chain/resumption.ts'
import { failureOf } from '../../support/failures.ts'
import { topologyOf } from '../../support/pipelines.ts'

const recipe =
  'process: [clean_email_mapper, clean_ip_mapper, words_num_filter]\nstream: {cut_before: [words_num_filter]}\n'
const topology = topologyOf(recipe)
const [first, second] = topology.stages
if (!first || !second) throw new Error('The recipe was to have two stages.')

const resumption: Resumption = {
  operator: { index: 1, name: 'clean_ip_mapper' },
  recipe: topology.recipe,
  attempts: 2,
  first_time: 1,
  timestamp: -5,
  origin: { partition: 3, offset: 2n ** 53n + 1n },
  letter: '3-7',
}
const at = (index: number): Resumption => ({ ...resumption, operator: { index, name: 'x' } })
const headers = (text: string) => ({ 'millrace.resume': Buffer.from(text) })

describe('where a record goes on', () => {
  test('travels in a header, with any offset', () => {
    expect(resumptionOf(headers(resumptionHeader(resumption)))).toEqual(resumption)
    const door = { ...resumption, operator: null, origin: null }
    expect(resumptionOf(headers(resumptionHeader(door)))).toEqual(door)
  })

  test('is nothing in a record that does not say it, or says it in no way that we know', () => {
    expect(resumptionOf({})).toBeNull()
    const { letter: _, ...without } = JSON.parse(resumptionHeader(resumption))
    const strange = { ...JSON.parse(resumptionHeader(resumption)), more: 1 }
    const negative = { ...strange, more: undefined, operator: { index: -1, name: 'x' } }
    for (const wrong of ['', '[]', '{"operator"', ...[without, strange, negative].map((it) => JSON.stringify(it))])
      expect(resumptionOf(headers(wrong))).toBeNull()
  })

  test('is a place in the stage, behind all operators of one before it, and the beginning of one behind it', () => {
    expect([0, 1, 2].map((index) => placeIn(first, topology, at(index)))).toEqual([0, 1, 2])
    expect([0, 1, 2].map((index) => placeIn(second, topology, at(index)))).toEqual([0, 0, 0])
    expect([0, 1, 2].map((index) => liesBehind(first, at(index)))).toEqual([false, false, true])
    expect(placeIn(first, topology, { ...resumption, operator: null })).toBe(0)
    expect(liesBehind(first, { ...resumption, operator: null })).toBe(false)
  })

  test('is refused in another recipe than that for which it was replayed', () => {
    const { code, message } = failureOf(() => placeIn(first, topology, { ...resumption, recipe: 'other' }))
    expect(code).toBe('replay_misplaced')
    expect(message).toContain('clean_ip_mapper (process[1])')
  })
})
