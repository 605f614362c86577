import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parquetToLines } from '../../../../services/connectors/parquet/to-json-lines.ts'
import { writeParquet } from '../../../../services/connectors/parquet/write-parquet.ts'
import { readSamples } from '../../../../services/connectors/readers/read-samples.ts'
import { failureOf, newFolder, texts } from '../folders.ts'

async function samplesOf(path: string): Promise<string[]> {
  const samples: string[] = []
  for await (const { lines } of readSamples(path)) samples.push(...texts(lines))
  return samples
}

/** A Parquet file with what a query gives. */
async function tableOf(query: string): Promise<string> {
  const path = join(await newFolder(), 'a.parquet')
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  await connection.run(`COPY (${query}) TO '${path}' (FORMAT parquet)`)
  return path
}

async function parquetOf(...lines: string[]): Promise<string> {
  const folder = await newFolder()
  await writeFile(join(folder, 'in.jsonl'), lines.map((line) => `${line}\n`).join(''))
  await writeParquet(join(folder, 'in.jsonl'), join(folder, 'out.parquet'))
  return join(folder, 'out.parquet')
}

describe('The rows of a Parquet file', () => {
  test.each([
    ["TIMESTAMP '2020-01-02 03:04:05.678'", '"2020-01-02T03:04:05.678000"'],
    ["TIMESTAMP '1969-01-01'", '"1969-01-01T00:00:00"'],
    ["TIMESTAMP_NS '2020-01-02 03:04:05.123456789'", '"2020-01-02T03:04:05.123456789"'],
    ["TIMESTAMPTZ '2020-01-02 03:04:05+02'", '"2020-01-02T01:04:05+00:00"'],
    ["DATE '2020-01-01'", '"2020-01-01"'],
    ['1.50::DECIMAL(38,2)', '1.50'],
    ['12345678901234567890123456789012345678::DECIMAL(38,0)', '12345678901234567890123456789012345678'],
    ['18446744073709551615::UBIGINT', '18446744073709551615'],
    ["'nan'::DOUBLE", 'null'],
    ['0.1::FLOAT', '0.10000000149011612'],
    ["{'x': [1, NULL], 'y': {'z': DATE '2020-01-01'}}", '{"x":[1,null],"y":{"z":"2020-01-01"}}'],
    ["[{'d': DATE '2020-01-01'}, NULL]", '[{"d":"2020-01-01"},null]'],
    ["MAP {'k': 1}", '{"k":1}'],
    ["'a''b\"c\n'", '"a\'b\\"c\\n"'],
    ["'\\xFF\\x00'::BLOB", '"/wA="'],
    ['NULL::VARCHAR', 'null'],
  ])('hold %s as %s', async (value, json) => {
    expect(await samplesOf(await tableOf(`SELECT ${value} AS v`))).toEqual([`{"v":${json}}`])
  })

  test('may lie in a file whose name looks like a pattern', async () => {
    const path = await tableOf('SELECT 1 AS v')
    const strange = path.replace('a.parquet', "a[1]*'?.parquet")
    await copyFile(path, strange)
    expect(await samplesOf(strange)).toEqual(['{"v":1}'])
  })

  test('are not there in a file that ends early, which is named', async () => {
    const path = await tableOf('SELECT range AS v FROM range(1000)')
    const whole = await readFile(path)
    await writeFile(path, whole.subarray(0, whole.length / 2))
    const failure = await failureOf(samplesOf(path))
    expect(failure.code).toBe('input_corrupt')
    expect(failure.message).toContain(`${path} is damaged`)
  })

  test('become lines within the engine as they do one by one', async () => {
    const path = await tableOf(`SELECT range AS n, 'é "' || range AS t, [range] AS l FROM range(5000)`)
    const to = path.replace('.parquet', '.jsonl')
    expect(await parquetToLines({ from: path, to, packing: 'plain', select: [] })).toEqual({ rows: 5000 })
    expect((await readFile(to, 'utf8')).trimEnd().split('\n')).toEqual(await samplesOf(path))
  })
})

describe('JSON lines as Parquet', () => {
  test('keep texts that look like something else', async () => {
    const line =
      '{"a":"2020-01-01","b":"2020-01-01T00:00:00","c":"123e4567-e89b-12d3-a456-426614174000","d":"1","e":"true"}'
    expect(await samplesOf(await parquetOf(line))).toEqual([line])
  })

  test('keep large integers, and make text of what is of several types', async () => {
    const path = await parquetOf('{"a":18446744073709551615,"b":1,"c":{"x":1}}', '{"a":-1,"b":"x","c":"s"}')
    expect(await samplesOf(path)).toEqual([
      '{"a":18446744073709551615,"b":"1","c":"{\\"x\\":1}"}',
      '{"a":-1,"b":"x","c":"s"}',
    ])
  })

  test('have every field that any of them has', async () => {
    const lines = Array.from({ length: 30_000 }, (_, i) => (i === 29_999 ? '{"n":1.5,"late":true}' : `{"n":${i}}`))
    const samples = await samplesOf(await parquetOf(...lines))
    expect([samples[0], samples.at(-1)]).toEqual(['{"n":0.0,"late":null}', '{"n":1.5,"late":true}'])
  })

  test('may be none', async () => {
    expect(await samplesOf(await parquetOf())).toEqual([])
  })

  test('hold the same values afterwards', async () => {
    const sample = fc.record({
      text: fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\u0000')),
      n: fc.maxSafeInteger(),
      list: fc.array(fc.string({ unit: 'grapheme-ascii' })),
      nested: fc.record({ flag: fc.boolean(), score: fc.double({ noNaN: true, noDefaultInfinity: true }) }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(sample, { minLength: 1, maxLength: 20 }), async (samples) => {
        const path = await parquetOf(...samples.map((one) => JSON.stringify(one)))
        const again = (await samplesOf(path)).map((line) => JSON.parse(line))
        expect(again).toEqual(JSON.parse(JSON.stringify(samples)))
      }),
      { numRuns: 25 },
    )
  })
})
