import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readLines } from '../../../services/connectors/jsonl-reader.ts'
import type { Line, Splitter } from '../../../services/connectors/line.ts'
import { lineSplitter } from '../../../services/connectors/line-splitter.ts'
import { valueSplitter } from '../../../services/connectors/value-splitter.ts'
import { newFolder, readAll, texts } from './folders.ts'

/** Lines that come back as they are: without line feeds, not blank, not ending in a carriage return. */
const byteLines = fc.array(
  fc
    .uint8Array({ minLength: 1, maxLength: 60 })
    .map((bytes) => Buffer.from(bytes.map((byte) => (byte === 10 ? 11 : byte))))
    .map((bytes) => Buffer.concat([bytes, Buffer.of(33)])),
  { maxLength: 30 },
)
const cuts = fc.array(fc.nat({ max: 40 }), { minLength: 1, maxLength: 10 })

function feed(splitter: Splitter, bytes: Buffer, sizes: readonly number[]): Line[] {
  const lines: Line[] = []
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = (sizes[i % sizes.length] ?? 0) + 1
    lines.push(...splitter.push(bytes.subarray(at, at + size)))
    at += size
  }
  return [...lines, ...splitter.finish()]
}

async function fileOf(name: string, contents: string | Buffer): Promise<string> {
  const path = join(await newFolder(), name)
  await writeFile(path, contents)
  return path
}

describe('Lines', () => {
  test('come out the same however the bytes are cut, with their places', () => {
    fc.assert(
      fc.property(byteLines, cuts, fc.constantFrom('\n', '\r\n'), (lines, sizes, lineBreak) => {
        const bytes = Buffer.concat(lines.flatMap((line) => [line, Buffer.from(lineBreak)]))
        const split = feed(lineSplitter(1000), bytes, sizes)
        expect(split.map((line) => !line.oversize && Buffer.from(line.bytes))).toEqual(lines)
        for (const [index, line] of split.entries()) {
          expect(line.line).toBe(index + 1)
          const at = Number(line.byteOffset)
          expect(bytes.subarray(at, at + (lines[index]?.length ?? 0))).toEqual(lines[index])
        }
      }),
    )
  })

  test('end in a line feed, with a carriage return or without, and the last one may have none', async () => {
    const { lines } = await readAll(await fileOf('a.jsonl', '\ufeff{"a":1}\r\n\n \t\r\n{"b":2}\n{"c":3}'))
    expect(texts(lines)).toEqual(['{"a":1}', '{"b":2}', '{"c":3}'])
    expect(lines.map(({ line, byteOffset }) => [line, byteOffset])).toEqual([
      [1, 3n],
      [4, 17n],
      [5, 25n],
    ])
  })

  test('that are blank are counted', async () => {
    const path = await fileOf('a.jsonl', '\n\na\n \n')
    for await (const chunk of readLines(path)) expect(chunk).toMatchObject({ source: path, position: 6n, blank: 3 })
  })

  test('are none in an empty file, packed or not', async () => {
    for (const [name, contents] of [
      ['a.jsonl', ''],
      ['a.jsonl.gz', ''],
      ['b.jsonl.gz', gzipSync('')],
      ['b.jsonl.zst', zstdCompressSync('')],
    ] as const) {
      expect(await readAll(await fileOf(name, contents))).toEqual({ lines: [] })
    }
  })

  test('that are too long are not held: length, head and hash stand for them', async () => {
    const long = 'é'.repeat(100_000)
    const path = await fileOf('a.jsonl', `a\n${long}\nb\n${'x'.repeat(1001)}`)
    const { lines } = await readAll(path, { maxLineBytes: 1000 })
    expect(texts(lines)).toEqual(['a', 'oversize 200000', 'b', 'oversize 1001'])
    expect(lines[1]).toEqual({
      oversize: true,
      line: 2,
      byteOffset: 2n,
      length: 200_000,
      head: Buffer.from(long).subarray(0, 65_536),
      sha256: createHash('sha256').update(long).digest('hex'),
    })
  })

  test('that are too long cost no memory, wherever they are cut', () => {
    fc.assert(
      fc.property(fc.nat({ max: 300 }), cuts, (length, sizes) => {
        const [line] = feed(lineSplitter(100), Buffer.alloc(length + 1, 'x'), sizes)
        expect(line?.oversize).toBe(length + 1 > 100)
      }),
    )
  })
})

describe('Packed files', () => {
  const text = Array.from({ length: 30_000 }, (_, i) => `{"text":"line ${i} ${Math.sin(i)}"}`)
  const whole = Buffer.from(text.join('\n'))
  const half = Math.floor(whole.length / 2)
  const packers = { gz: gzipSync, zst: zstdCompressSync }

  test.each(['gz', 'zst'] as const)('%s are read whole, whatever their names say', async (kind) => {
    for (const name of [`a.jsonl.${kind}`, 'a.jsonl']) {
      expect(texts((await readAll(await fileOf(name, packers[kind](whole)))).lines)).toEqual(text)
    }
  })

  test.each(['gz', 'zst'] as const)('%s may hold many members or frames', async (kind) => {
    const parts = Array.from({ length: 50 }, (_, i) => packers[kind](`{"text":"${i}"}\n`))
    const small = await readAll(await fileOf(`a.${kind}`, Buffer.concat(parts)))
    expect(small.lines).toHaveLength(50)
    const two = Buffer.concat([packers[kind](whole.subarray(0, half)), packers[kind](whole.subarray(half))])
    expect(texts((await readAll(await fileOf(`b.${kind}`, two))).lines)).toEqual(text)
  })

  test('zst may hold skippable frames', async () => {
    const skippable = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4])
    const path = await fileOf(
      'a.zst',
      Buffer.concat([skippable, zstdCompressSync('a\n'), skippable, zstdCompressSync('b')]),
    )
    expect(texts((await readAll(path)).lines)).toEqual(['a', 'b'])
  })

  test('gz may be padded with zeros', async () => {
    expect(
      texts((await readAll(await fileOf('a.gz', Buffer.concat([gzipSync('a'), Buffer.alloc(512)])))).lines),
    ).toEqual(['a'])
  })

  test('named so but not packed are read as they are', async () => {
    expect(texts((await readAll(await fileOf('a.jsonl.gz', '{"text":"a"}'))).lines)).toEqual(['{"text":"a"}'])
  })

  test.each(['gz', 'zst'] as const)('%s that are cut off give every line before the cut', async (kind) => {
    const packed = packers[kind](whole)
    const path = await fileOf(`a.${kind}`, packed.subarray(0, packed.length - 1000))
    const { lines, failure } = await readAll(path)
    expect(failure?.code).toBe('input_corrupt')
    expect(failure?.message).toContain(`${path} is damaged at byte ${packed.length - 1000}`)
    expect(lines.length).toBeGreaterThan(20_000)
    expect(texts(lines)).toEqual(text.slice(0, lines.length))
  })

  test.each(['gz', 'zst'] as const)('%s with damage in the middle give every line before it', async (kind) => {
    const packed = Buffer.concat([packers[kind](whole), Buffer.from('garbage, garbage'), packers[kind](whole)])
    const { lines, failure } = await readAll(await fileOf(`a.${kind}`, packed))
    expect(failure?.code).toBe('input_corrupt')
    expect(texts(lines)).toEqual(text.slice(0, -1))
  })

  test('with a name of their kind and other contents are damaged at their first byte', async () => {
    const { failure } = await readAll(await fileOf('a.jsonl.gz', Buffer.from([1, 2, 3, 4, 5])))
    expect(failure?.message).toContain('damaged at byte 0')
  })
})

describe('A .json file', () => {
  test('may hold a line per value', async () => {
    expect(texts((await readAll(await fileOf('a.json', '{"a":1}\n{"b":\n{"c":3}\n'))).lines)).toEqual([
      '{"a":1}',
      '{"b":',
      '{"c":3}',
    ])
  })

  test('may hold one array', async () => {
    const { lines } = await readAll(await fileOf('a.json', ' [\n {"a":"],[\\"{"},\n\n {"b":[1,{"c":2}]} , 7,"x" ]\n'))
    expect(texts(lines).map((line) => line.trim())).toEqual(['{"a":"],[\\"{"}', '{"b":[1,{"c":2}]}', '7', '"x"'])
    expect(lines.map((line) => line.line)).toEqual([2, 4, 4, 4])
  })

  test('may hold objects over several lines', async () => {
    const { lines } = await readAll(await fileOf('a.json', '{\n  "a": "}"\n}\n{\n  "b": [\n]}{"c":1}'))
    expect(texts(lines).map((line) => JSON.parse(line))).toEqual([{ a: '}' }, { b: [] }, { c: 1 }])
  })

  test('whose first line is cut off within a string still holds a line per value', async () => {
    expect((await readAll(await fileOf('a.json', '{"a":"x\n{"b":1}\n'))).lines).toHaveLength(2)
  })

  test('that is damaged gives what is whole, and the rest as it stands', async () => {
    expect(texts((await readAll(await fileOf('a.json', '[{"a":1},{"b":'))).lines)).toEqual(['{"a":1}', '{"b":'])
    expect(texts((await readAll(await fileOf('a.json', '[{"a":1}] tail, "more'))).lines)).toEqual([
      '{"a":1}',
      'tail, "more',
    ])
  })

  test('gives the same values however its bytes are cut', () => {
    const indented = fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { maxLength: 8 })
    fc.assert(
      fc.property(indented, cuts, fc.constantFrom('array', 'values'), (values, sizes, layout) => {
        const parts = values.map((value) => JSON.stringify(value, null, 2))
        const json = layout === 'array' ? `[${parts.join(',')}]` : parts.join('\n')
        const lines = feed(valueSplitter(layout, 1e6), Buffer.from(json), sizes)
        expect(texts(lines).map((line) => JSON.parse(line))).toEqual(
          values.map((value) => JSON.parse(JSON.stringify(value))),
        )
      }),
    )
  })
})

test('Whoever stops reading early leaves nothing open', async () => {
  const path = await fileOf('a.zst', zstdCompressSync('{"text":"a"}\n'.repeat(500_000)))
  for await (const { lines } of readLines(path)) {
    expect(lines.length).toBeGreaterThan(0)
    break
  }
})
