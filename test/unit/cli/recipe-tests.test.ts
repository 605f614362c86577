import { describe, expect, test } from 'vitest'
import { assetDirectory } from '../../../services/assets/directory.ts'
import { runTests } from '../../../services/cli/trial/recipe-tests.ts'
import { catalog } from '../../../services/operators/catalog.ts'
import type { RecipeTest } from '../../../topologies/recipe/expectations.ts'
import { topologyOf } from '../../support/pipelines.ts'

const topology = topologyOf(`
process:
  - clean_email_mapper: {repl: '<mail>'}
  - text_length_filter: {min_len: 5}
`)

async function results(...tests: Omit<RecipeTest, 'name'>[]): Promise<boolean[]> {
  const named = tests.map((test, at) => ({ name: `test ${at}`, ...test }))
  const shown = await runTests(named, { topology, catalog, context: assetDirectory('nowhere') })
  return shown.map(({ passed }) => passed)
}

test('a test passes when the document meets the fate that is expected', async () => {
  expect(
    await results(
      { text: 'to a@b.org', expect: { text: 'to <mail>' } },
      { text: 'to a@b.org', expect: { keep: true } },
      { text: 'abc', expect: { rejected: 'text_length_filter' } },
      { text: 'abc', expect: { rejected: 'text_length_filter', reason: 'below_minimum' } },
      { input: { text: 'abcdef', id: 1 }, expect: { keep: true } },
      { input: { id: 1 }, expect: { dead_letter: 'text_missing' } },
      { raw: '{"text": ', expect: { dead_letter: 'json_broken' } },
    ),
  ).toEqual(Array(7).fill(true))
})

test('a test fails on every other fate', async () => {
  expect(
    await results(
      { text: 'to a@b.org', expect: { text: 'to a@b.org' } },
      { text: 'abc', expect: { keep: true } },
      { text: 'abcdef', expect: { rejected: 'text_length_filter' } },
      { text: 'abc', expect: { rejected: 'text_length_filter', reason: 'above_maximum' } },
      { text: 'abc', expect: { dead_letter: 'json_broken' } },
      { raw: '{', expect: { dead_letter: 'text_missing' } },
      { raw: '{', expect: { keep: true } },
    ),
  ).toEqual(Array(7).fill(false))
})

test('a failed test shows where two texts part, or which fate came instead', async () => {
  const tests: RecipeTest[] = [
    { name: 'a', text: 'to a@b.org', expect: { text: 'to a@b.org' } },
    { name: 'b', text: 'abc', expect: { keep: true } },
  ]
  const [texts, fates] = await runTests(tests, { topology, catalog, context: assetDirectory('nowhere') })
  expect(texts?.difference).toEqual(['- to a@b.org', '+ to <mail>', '  they part at character 3'])
  expect(fates?.difference).toEqual(['- kept', '+ rejected by text_length_filter (below_minimum)'])
})

describe('with operators that look at the whole data set, a test', () => {
  const results = async (recipe: string, ...tests: Omit<RecipeTest, 'name'>[]) => {
    const named = tests.map((test, at) => ({ name: `test ${at}`, ...test }))
    const shown = await runTests(named, { topology: topologyOf(recipe), catalog, context: assetDirectory('nowhere') })
    return shown.flatMap(({ name, difference }) => (difference.length > 0 ? [name, ...difference] : []))
  }
  const RECIPE = `
process:
  - clean_email_mapper:
  - document_deduplicator: {lowercase: true}
  - text_length_filter: {min_len: 5}
  - frequency_specified_field_selector: {field_key: meta, top_ratio: 0.5}
`

  test('names the data set before its document, as texts or samples, and meets what comes of it', async () => {
    const before = ['One mill', { text: 'another mill', meta: 'b' }, { text: 'a third mill', meta: 'b' }]
    expect(
      await results(
        RECIPE,
        { before, text: 'one MILL', expect: { rejected: 'document_deduplicator', reason: 'duplicate' } },
        { before, text: 'mill', expect: { rejected: 'text_length_filter' } },
        { before, input: { text: 'a fourth mill', meta: 'b' }, expect: { text: 'a fourth mill' } },
        {
          before,
          input: { text: 'a fourth mill', meta: 'c' },
          expect: { rejected: 'frequency_specified_field_selector' },
        },
        { text: 'One mill', expect: { keep: true } },
      ),
    ).toEqual([])
  })

  test('does not look at what was dropped before', async () => {
    expect(
      await results(RECIPE, { before: ['mill'], text: 'Mill', expect: { rejected: 'document_deduplicator' } }),
    ).toEqual([])
    const later =
      'process: [{text_length_filter: {min_len: 5}}, {document_line_deduplicator: {}}, {document_deduplicator: {}}]'
    expect(await results(later, { before: ['mill', 'the mill'], text: 'the Mill', expect: { keep: true } })).toEqual([])
  })

  test('is not troubled by a sample before it that is none', async () => {
    const before = [{ title: 'no text' }, 'One mill']
    expect(await results(RECIPE, { before, text: 'One mill', expect: { rejected: 'document_deduplicator' } })).toEqual(
      [],
    )
  })
})
