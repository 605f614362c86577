import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writeParquet } from '../../services/connectors/parquet/write-parquet.ts'
import { readSamples } from '../../services/connectors/readers/read-samples.ts'
import { Failure } from '../../topologies/failure.ts'

const ROWS = 100_000
const PADDING = 'some words that make a sample longer '.repeat(10)
/** Of a file of 40 MB, packed or not, a reader may hold so much at a time, less what is garbage. Bytes. */
const MEMORY = 16 * 1_048_576

setFlagsFromString('--expose-gc')
const sweep: () => void = runInNewContext('gc')
/** Buffers whose owners went with the first sweep go with the second. */
async function collectGarbage(): Promise<void> {
  sweep()
  await new Promise(setImmediate)
  sweep()
}

const texts = Array.from({ length: ROWS }, (_, i) => `${i} ${PADDING}`)
const expected = (i: number) => ({ text: texts[i], n: i })

let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-readers-'))
  const lines = texts.map((text, n) => JSON.stringify({ text, n }))
  const table = (delimiter: string) => [`text${delimiter}n`, ...texts.map((text, n) => `"${text}"${delimiter}${n}`)]
  await writeFile(join(folder, 'a.jsonl'), `${lines.join('\n')}\n`)
  await writeFile(join(folder, 'a.json'), `[${lines.join(',\n')}]`)
  await writeFile(join(folder, 'a.csv'), `${table(',').join('\n')}\n`)
  await writeFile(join(folder, 'a.tsv'), `${table('\t').join('\r\n')}\r\n`)
  for (const name of ['a.jsonl', 'a.json', 'a.csv']) {
    const bytes = await readFile(join(folder, name))
    await writeFile(join(folder, `${name}.gz`), gzipSync(bytes))
    await writeFile(join(folder, `${name}.zst`), zstdCompressSync(bytes))
  }
  await writeParquet(join(folder, 'a.jsonl'), join(folder, 'a.parquet'))
}, 120_000)

afterAll(() => rm(folder, { recursive: true, force: true }))

const NAMES = ['a.jsonl', 'a.json', 'a.csv', 'a.tsv', 'a.parquet', 'a.jsonl.gz', 'a.json.zst', 'a.csv.gz', 'a.csv.zst']

describe.each(NAMES)('The reader of %s', (name) => {
  test('gives every sample in order, each with its place', async () => {
    let count = 0
    let last = 0
    for await (const { lines, source } of readSamples(join(folder, name))) {
      expect(source).toBe(join(folder, name))
      for (const line of lines) {
        if (line.oversize) throw new Error('nothing is oversize')
        if (count % 9_999 === 0) expect(JSON.parse(Buffer.from(line.bytes).toString())).toEqual(expected(count))
        expect(line.line).toBeGreaterThan(last)
        last = line.line
        count++
      }
    }
    expect(count).toBe(ROWS)
  })

  test('holds no more than a bounded part of the file', async () => {
    await collectGarbage()
    const before = process.memoryUsage().arrayBuffers
    let most = 0
    let batches = 0
    for await (const { lines } of readSamples(join(folder, name))) {
      if (lines.length === 0 || batches++ % 16 > 0) continue
      await collectGarbage()
      most = Math.max(most, process.memoryUsage().arrayBuffers - before)
    }
    expect(batches).toBeGreaterThan(1)
    expect(most).toBeLessThan(MEMORY)
  })

  test('lets go of the file when its reader stops early', async () => {
    const reading = readSamples(join(folder, name))
    await reading.next()
    await reading.return(undefined)
    expect((await reading.next()).done).toBe(true)
  })

  test('tells of a file that ends early, behind what could be read of it', async () => {
    const whole = await readFile(join(folder, name))
    const path = join(folder, `cut-${name}`)
    // In the middle of the last row, or of the last block of what is packed.
    await writeFile(path, whole.subarray(0, whole.length - 5))
    let failure: unknown = null
    let last = ''
    let count = 0
    try {
      for await (const { lines } of readSamples(path)) {
        for (const line of lines) if (!line.oversize) last = Buffer.from(line.bytes).toString()
        count += lines.length
      }
    } catch (thrown) {
      failure = thrown
    }
    const told = failure instanceof Failure && failure.code === 'input_corrupt' && failure.message.includes(path)
    // Without packing only the last row is hurt, and comes out as it stands or short.
    expect(told || (count === ROWS && last !== JSON.stringify(expected(ROWS - 1)))).toBe(true)
  })
})
