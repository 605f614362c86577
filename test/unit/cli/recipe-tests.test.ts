import { expect, test } from 'vitest'
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
