import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { expandInputs } from '../../../services/connectors/files.ts'
import { writeParquet } from '../../../services/connectors/parquet/write-parquet.ts'
import { readSamples } from '../../../services/connectors/readers/read-samples.ts'
import { millrace, scratchDirectory } from '../../support/command-line.ts'
import { rejectionOf } from '../../support/failures.ts'
import { type ObjectStore, startObjectStore } from './object-store.ts'

const ROWS = Array.from({ length: 20_000 }, (_, n) => `{"text":"document number ${n}","n":${n}}`)

let store: ObjectStore

beforeAll(async () => {
  store = await startObjectStore('corpus')
  const directory = scratchDirectory()
  const lines = `${ROWS.join('\n')}\n`
  writeFileSync(join(directory, 'in.jsonl'), lines)
  await writeParquet(join(directory, 'in.jsonl'), join(directory, 'in.parquet'))
  await store.put('a.jsonl', lines)
  await store.put('a.jsonl.gz', gzipSync(lines))
  await store.put('a.parquet', readFileSync(join(directory, 'in.parquet')))
  await store.put('some/2.jsonl', '{"text":"2"}\n')
  await store.put('some/1.jsonl', '{"text":"1"}\n')
  await store.put('some/note.txt', 'x')
}, 60_000)

afterAll(() => store.close())

beforeEach(() => {
  store.ranges.length = 0
})

async function samplesOf(address: string): Promise<string[]> {
  const samples: string[] = []
  for await (const { lines } of readSamples(address, { access: store.access })) {
    for (const line of lines) if (!line.oversize) samples.push(Buffer.from(line.bytes).toString())
  }
  return samples
}

describe('Objects', () => {
  test.each(['a.jsonl', 'a.jsonl.gz', 'a.parquet'])('are read as files are: %s', async (key) => {
    expect(await samplesOf(`s3://corpus/${key}`)).toEqual(ROWS)
  })

  test.each(['a.jsonl', 'a.jsonl.gz', 'a.parquet'])('that break off go on where they ended: %s', async (key) => {
    store.breakOff(2, 10_000)
    expect(await samplesOf(`s3://corpus/${key}`)).toEqual(ROWS)
    expect(store.ranges).toHaveLength(3)
    expect(store.ranges.slice(1)).toEqual([
      expect.stringMatching(/^bytes=\d+-$/),
      expect.stringMatching(/^bytes=\d+-$/),
    ])
  })

  test('that break off again and again are given up, by name', async () => {
    store.breakOff(6, 0)
    const failure = await rejectionOf(samplesOf('s3://corpus/a.jsonl'))
    expect(failure).toMatchObject({
      code: 'store_unreachable',
      message: expect.stringContaining('s3://corpus/a.jsonl'),
    })
  }, 60_000)

  test('that are not there are named', async () => {
    const failure = await rejectionOf(samplesOf('s3://corpus/gone.jsonl'))
    expect(failure).toMatchObject({ code: 'input_missing', message: 'There is no object s3://corpus/gone.jsonl.' })
    const bucket = await rejectionOf(samplesOf('s3://nowhere/a.jsonl'))
    expect(bucket.code).toBe('input_missing')
  })

  test('stand under a prefix or match a pattern, in the order of their names', async () => {
    const both = ['s3://corpus/some/1.jsonl', 's3://corpus/some/2.jsonl']
    expect(await expandInputs(['s3://corpus/some/'], [], store.access)).toEqual(both)
    expect(await expandInputs(['s3://corpus/some/*.jsonl'], [], store.access)).toEqual(both)
    const failure = await rejectionOf(expandInputs(['s3://corpus/none/*'], [], store.access))
    expect(failure).toMatchObject({ code: 'input_missing', message: expect.stringContaining('s3://corpus/none/*') })
  })
})

test('A run reads the objects that its recipe names', async () => {
  const directory = scratchDirectory()
  const { endpoint, accessKeyId, secretAccessKey } = store.access
  const source = `type: remote, source: s3, path: s3://corpus/some/, endpoint_url: '${endpoint}'`
  const keys = `aws_access_key_id: ${accessKeyId}, aws_secret_access_key: ${secretAccessKey}`
  const recipe = `dataset: {configs: [{${source}, ${keys}}]}\nexport_path: out.jsonl\nprocess:\n  - text_length_filter: {min_len: 0}\n`
  writeFileSync(join(directory, 'r.yaml'), recipe)
  const { code, stderr } = await millrace(['run', 'r.yaml', '--broker', 'memory'], { directory })
  expect([code, stderr]).toEqual([0, expect.any(String)])
  expect(readFileSync(join(directory, 'out.jsonl'), 'utf8')).toBe('{"text":"1"}\n{"text":"2"}\n')
})
