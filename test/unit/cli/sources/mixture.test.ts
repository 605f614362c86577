import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { inputLines } from '../../../../services/cli/input-lines.ts'
import { sampleNumbers } from '../../../../services/cli/sources/mixture.ts'
import type { Source } from '../../../../topologies/recipe/dataset.ts'
import { scratchDirectory } from '../../../support/command-line.ts'
import { rejectionOf } from '../../../support/failures.ts'

/** What Data-Juicer 1.6.1 makes of mixtures of nine files: number of a file and weight, most samples, and its texts in order. */
const MIXTURES: { most: number; sources: [number, number][]; rows: string[] }[] = JSON.parse(
  readFileSync(new URL('./mixtures.json', import.meta.url), 'utf8'),
)

/** Nine files of 5, 12, … samples, of which each sixth has no text. */
function files(): string[] {
  const directory = scratchDirectory()
  return Array.from({ length: 9 }, (_, file) => {
    const lines = Array.from({ length: 5 + 7 * file }, (_, at) =>
      JSON.stringify({ text: at % 6 === 5 ? null : `${file}-${at}` }),
    )
    const path = join(directory, `m${file}.jsonl`)
    writeFileSync(path, `${lines.join('\n')}\n`)
    return path
  })
}

async function textsOf(sources: Source[], most: number): Promise<unknown[]> {
  const texts: unknown[] = []
  const recipe = { suffixes: [], dataset: { sources, maxSamples: most } }
  for await (const lines of await inputLines(undefined, recipe)) {
    for (const { bytes } of lines) texts.push(JSON.parse(Buffer.from(bytes).toString()).text)
  }
  return texts
}

test.each(MIXTURES)(
  'A mixture of $sources, $most samples, is what Data-Juicer takes',
  async ({ most, sources, rows }) => {
    const paths = files()
    const named = sources.map(([file, weight]) => ({ path: paths[file] ?? '', weight }))
    const texts = await textsOf(named, most)
    expect(texts.filter((text) => text !== null)).toEqual(rows)
  },
)

test('What has no text is not counted, and goes by for the door to refuse', async () => {
  const texts = await textsOf([{ path: files()[1] ?? '', weight: 1 }], 3)
  expect(texts.filter((text) => text === null)).toHaveLength(2)
  expect(texts).toHaveLength(5)
})

test('A source without samples is named', async () => {
  const path = join(scratchDirectory(), 'empty.jsonl')
  writeFileSync(path, '\n')
  const failure = await rejectionOf(textsOf([{ path, weight: 1 }], 3))
  expect(failure).toMatchObject({ code: 'input_invalid', message: expect.stringContaining(path) })
})

test('Shares are rounded up one after the other until none are left', () => {
  expect(sampleNumbers([1, 1, 1], 10)).toEqual([4, 4, 2])
  expect(sampleNumbers([0, 3, 1], 5)).toEqual([0, 4, 1])
  const tenths = Array.from({ length: 10 }, () => 0.1)
  expect(sampleNumbers(tenths, 100).reduce((sum, number) => sum + number, 0)).toBe(100)
})
