import { describe, expect, test } from 'vitest'
import type { Original } from '../../../schemas/dataset.ts'
import type { Document } from '../../../schemas/document.ts'
import { difference } from '../../../services/refresh/difference.ts'
import {
  differenceOf,
  inWrittenOrder,
  type Manifest,
  readManifest,
  readRecord,
  type SourceReport,
  type Subject,
} from '../../../services/refresh/manifest.ts'
import { Quality } from '../../../services/refresh/quality.ts'
import { isWithin } from '../../../services/refresh/ranges.ts'
import { requireRefreshName } from '../../../services/refresh/registry.ts'

const subject: Subject = {
  recipe: 'aaaa',
  index: 'all',
  max_samples: null,
  sources: [{ source: 'web', weight: 1, files: [{ path: 'web/1.jsonl', bytes: 10, sha256: 'b' }] }],
  assets: [{ name: 'lid.176.bin', sha256: 'c' }],
  export: { suffix: 'jsonl', part_bytes: 1, keep_stats: false, keep_hashes: false, stats: false },
}
const [source = { source: '', weight: 1, files: [] }] = subject.sources

const report: SourceReport = {
  source: 'web',
  in: 10,
  bytes_in: 100,
  kept: 6,
  bytes_kept: 60,
  tokens: null,
  rejected: { words_num_filter: { below_minimum: 2 } },
  duplicates: { within: 1, past: 0 },
  dead_letters: { json_broken: 1 },
}

const range = { topic: 't', from: [0], to: [9] }
const manifest: Manifest = {
  format: 1,
  name: '2026-10',
  pipeline: 'corpus',
  run: '2026-10-x',
  subject,
  ordinals: { from: 0, to: 10 },
  offsets: { raw: range, refined: range, rejected: range, dead_letters: range, ledger: range },
  totals: {
    input: 10,
    output: 6,
    rejected: 2,
    duplicates: 1,
    dead_letters: 1,
    split: 0,
    merged: 0,
    repaired: 0,
    replayed: 0,
    bytes_in: 100,
  },
  operators: [
    { name: 'words_num_filter', in: 9, kept: 7, dropped: { below_minimum: 2 }, failed: 0, skipped: 0 },
    { name: 'words_num_filter', in: 7, kept: 7, dropped: {}, failed: 0, skipped: 0 },
  ],
  sources: [report],
  files: [{ path: 'part-00000.jsonl', bytes: 60, rows: 6, sha256: 'd' }],
}

describe('what a name stands for', () => {
  const changed = (more: Partial<Subject>) => differenceOf(subject, { ...subject, ...more }, { assets: true })

  test('is the same when nothing of it has changed', () => expect(changed({})).toBeNull())

  test.each<[string, Partial<Subject>, string]>([
    ['the recipe', { recipe: 'zzzz' }, 'the recipe is another one (fingerprint zzzz, then aaaa)'],
    ['the index', { index: null }, 'the index is that of the run alone, and was all'],
    ['max_sample_num', { max_samples: 5 }, 'max_sample_num is 5, and was not given'],
    ['a source', { sources: [] }, 'the sources are , and were web'],
    ['a weight', { sources: [{ ...source, weight: 2 }] }, 'the weight of web is 2, and was 1'],
    ['the number of files', { sources: [{ ...source, files: [] }] }, 'web has 0 files, and had 1'],
    [
      'a file of the same size',
      { sources: [{ ...source, files: [{ path: 'web/1.jsonl', bytes: 10, sha256: 'x' }] }] },
      'the file web/1.jsonl has changed',
    ],
    ['an asset', { assets: [{ name: 'lid.176.bin', sha256: 'x' }] }, 'the asset lid.176.bin has changed'],
    ['the files', { export: { ...subject.export, part_bytes: 2 } }, 'the files are to be written otherwise'],
  ])('is another thing when %s has changed', (_, more, sentence) => {
    expect(changed(more)).toContain(sentence)
  })

  test('is not judged by assets once it is done', () => {
    expect(differenceOf(subject, { ...subject, assets: [] }, { assets: false })).toBeNull()
  })

  test.each(['2026-11', 'v1.2_final', 'A'])('may be called %s', (name) => {
    expect(() => requireRefreshName(name)).not.toThrow()
  })

  test.each(['', '.', '..', '-x', 'a/b', 'a b', 'é', '2026.', 'x'.repeat(121)])('may not be called "%s"', (name) => {
    expect(() => requireRefreshName(name)).toThrow('cannot name a refresh')
  })
})

describe('a manifest', () => {
  test('is read as it was written, whatever the order of its keys was', () => {
    const shuffled: Manifest = { ...manifest, totals: { ...manifest.totals, input: 10 } }
    const text = JSON.stringify(inWrittenOrder(shuffled))
    expect(JSON.stringify(readManifest(text, 'manifest.json'))).toBe(text)
  })

  test.each([
    '',
    '{}',
    '{"format":2}',
    'null',
    JSON.stringify({ ...manifest, totals: { ...manifest.totals, input: -1 } }),
  ])('is refused when it is %s', (text) => {
    expect(() => readManifest(text, 'here')).toThrow('here does not tell of a refresh')
    expect(() => readRecord(text, 'here')).toThrow('here does not tell of a refresh')
  })
})

describe('two refreshes', () => {
  test('stand side by side, with zeros where one has nothing', () => {
    const other: Manifest = {
      ...manifest,
      name: '2026-11',
      subject: { ...subject, recipe: 'bbbb' },
      operators: [{ name: 'text_length_filter', in: 1, kept: 0, dropped: { below_minimum: 1 }, failed: 0, skipped: 0 }],
      sources: [{ ...report, source: 'news', rejected: null, duplicates: null, tokens: 7 }],
      files: [],
    }
    expect(difference(manifest, other)).toMatchObject({
      refreshes: ['2026-10', '2026-11'],
      subject: ['recipe'],
      totals: { input: [10, 10] },
      operators: [
        { name: 'words_num_filter', in: [9, 0], dropped: { below_minimum: [2, 0] } },
        { name: 'words_num_filter (2)', in: [7, 0] },
        { name: 'text_length_filter', in: [0, 1], dropped: { below_minimum: [0, 1] } },
      ],
      sources: [
        {
          source: 'web',
          kept: [6, 0],
          rejected: { words_num_filter: { below_minimum: [2, 0] } },
          tokens: [null, null],
        },
        { source: 'news', kept: [0, 6], duplicates_within: [0, 0], tokens: [null, 7] },
      ],
      files: { count: [1, 0], bytes: [60, 0], rows: [6, 0] },
    })
  })
})

describe('the report of a source', () => {
  const quality = () =>
    new Quality({
      sources: ['web', 'empty'],
      sourceOf: (place) => (place.startsWith('web/') ? 'web' : null),
      pipeline: 'corpus',
      raw: [100, 200],
      rejectedKept: true,
    })

  const document: Document = {
    id: '0-100',
    source: 'web/1.jsonl:1',
    partition: 0,
    offset: 100n,
    ordinal: 0n,
    text: 'x',
    fields: Buffer.from('{}'),
    textAt: -1,
    stats: { num_token: 3 },
    repairs: [],
    skipped: [],
  }

  test('counts what came and what was kept, and tokens where they were counted', () => {
    const it = quality()
    it.fed('web/1.jsonl:1', 10)
    it.fed('web/2.jsonl:1', 20)
    it.fed('by-hand.jsonl:1', 5)
    it.kept(document, 8)
    it.kept({ ...document, stats: {} }, 8)
    it.dead({ source: 'web/1.jsonl:2', code: 'json_broken' })
    it.dead({ source: null, code: 'json_broken' })
    expect(it.records).toBe(3)
    expect(it.reports()).toMatchObject([
      { source: 'web', in: 2, bytes_in: 30, kept: 2, bytes_kept: 16, tokens: 3, dead_letters: { json_broken: 1 } },
      { source: 'empty', in: 0, kept: 0, tokens: null },
      { source: 'by-hand.jsonl:1', in: 1 },
      { source: 'unknown', dead_letters: { json_broken: 1 } },
    ])
  })

  test.each<[string, Partial<Original> | null, { within: number; past: number }]>([
    ['of this refresh', { id: '1-200' }, { within: 1, past: 0 }],
    ['of a part of a document of this refresh', { id: '0-100.2' }, { within: 1, past: 0 }],
    ['of one before', { id: '1-199' }, { within: 0, past: 1 }],
    ['of another pipeline', { id: '1-200', pipeline: 'other' }, { within: 0, past: 1 }],
    ['of nobody knows what', null, { within: 1, past: 0 }],
  ])('tells a duplicate %s', (_, original, duplicates) => {
    const it = quality()
    it.rejected({
      document,
      pipeline: 'corpus',
      recipe: 'aaaa',
      stage: '01-cpu',
      operator: 'document_deduplicator',
      operator_index: 0,
      reason: 'duplicate',
      duplicate_of: original && { pipeline: 'corpus', id: '0-0', source: '', similarity: 1, ...original },
    })
    expect(it.reports()[0]).toMatchObject({ duplicates, rejected: {} })
  })

  test('knows by its id whether a document lies in a piece of the raw topic', () => {
    const piece = { from: [10, 0], to: [20, 5] }
    expect(['0-9', '0-10', '0-19.3', '0-20', '1-4', '2-0', 'x'].map((id) => isWithin(id, piece))).toEqual([
      ...[false, true, true, false, true, false, false],
    ])
  })
})
