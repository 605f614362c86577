import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { exportOf, readSources, sourceFinder, sourcesOf, target } from '../../../services/cli/refreshes/subject.ts'
import type { ExportSettings } from '../../../topologies/recipe/export.ts'
import { folder } from '../../support/refreshes/refresh-of.ts'

const plain: ExportSettings = { format: 'jsonl', shardBytes: 0, keepStats: false, keepHashes: false, stats: false }
const said = (exportPath: string | null, format: ExportSettings['format'] = 'jsonl') => ({
  exportPath,
  exportSettings: { ...plain, format },
})

describe('where the files of a refresh go', () => {
  test.each<[string | undefined, ReturnType<typeof said>, { directory: string; suffix: string }]>([
    ['/out', said(null), { directory: '/out', suffix: 'jsonl' }],
    ['/out', said('/corpus/part.jsonl.zst'), { directory: '/out', suffix: 'jsonl.zst' }],
    [undefined, said('/corpus/part.parquet', 'parquet'), { directory: '/corpus', suffix: 'parquet' }],
    [undefined, said('/corpus/part.json.gz', 'json'), { directory: '/corpus', suffix: 'json.gz' }],
    [undefined, said('/corpus'), { directory: '/corpus', suffix: 'jsonl' }],
  ])('given %s and %o', (given, recipe, expected) => {
    expect(target(given, recipe)).toEqual(expected)
  })

  test('must be said', () => {
    expect(() => target(undefined, said(null))).toThrow('Say where the files go')
  })

  test('is in parts of 256 MiB unless export_shard_size says otherwise', () => {
    expect(exportOf({ exportSettings: plain }, 'jsonl').part_bytes).toBe(2 ** 28)
    expect(exportOf({ exportSettings: { ...plain, shardBytes: 7 } }, 'jsonl').part_bytes).toBe(7)
  })
})

describe('what a refresh is made from', () => {
  const dataset = { sources: [{ path: 'a', weight: 3 }], maxSamples: null }

  test('is what the recipe names, unless files are given', () => {
    expect(sourcesOf(undefined, { dataset })).toEqual(dataset.sources)
    expect(sourcesOf(['b', 'c'], { dataset })).toEqual([
      { path: 'b', weight: 1 },
      { path: 'c', weight: 1 },
    ])
  })

  test('must be there to be read again', () => {
    expect(() => sourcesOf(['-'], { dataset })).toThrow('it takes no standard input')
    expect(() => sourcesOf(undefined, { dataset: { sources: [], maxSamples: null } })).toThrow(
      'nothing to refresh from',
    )
  })

  test('is known by its files, their sizes and hashes, and each place by its source', async () => {
    const directory = folder()
    writeFileSync(join(directory, 'b.jsonl'), '{"text":"b"}\n')
    writeFileSync(join(directory, 'a.jsonl'), '{"text":"a"}\n')
    const sources = await readSources(
      [
        { path: directory, weight: 2 },
        { path: join(directory, 'a.jsonl'), weight: 1 },
      ],
      [],
    )
    expect(sources).toMatchObject([
      { weight: 2, files: [{ path: join(directory, 'a.jsonl'), bytes: 13 }, { path: join(directory, 'b.jsonl') }] },
      { weight: 1, files: [{ sha256: sources[0]?.files[0]?.sha256 }] },
    ])
    expect(sources[0]?.files[1]?.sha256).toMatch(/^[0-9a-f]{64}$/)
    const sourceOf = sourceFinder(sources)
    expect(sourceOf(`${directory}/a.jsonl:17`)).toBe(directory)
    expect(sourceOf('elsewhere.jsonl:17')).toBeNull()
  })
})
