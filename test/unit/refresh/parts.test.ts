import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { areThere, type PartsTarget, type Rendered, writeParts } from '../../../services/refresh/parts.ts'
import { contents, folder } from '../../support/refreshes/refresh-of.ts'

const settings = { suffix: 'jsonl', part_bytes: 100, keep_stats: false, keep_hashes: false, stats: false }
const target = (more: Partial<PartsTarget['settings']> = {}): PartsTarget => ({
  directory: folder(),
  run: 'unit',
  settings: { ...settings, ...more },
})

async function* documents(texts: readonly string[]): AsyncGenerator<Rendered> {
  for (const text of texts)
    yield { line: Buffer.from(JSON.stringify({ text })), stats: Buffer.from(`{"n":${text.length}}`) }
}

describe('the parts of a refresh', () => {
  test('hold all documents in order, none empty, none with a document more than it takes to fill it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ maxLength: 60 }), { maxLength: 60 }), async (texts) => {
        const into = target()
        const files = await writeParts(into, documents(texts))
        const written = files.map(({ path }) => readFileSync(join(into.directory, path), 'utf8'))
        expect(written.join('')).toBe(texts.map((text) => `${JSON.stringify({ text })}\n`).join(''))
        for (const [at, part] of written.entries()) {
          const lines = part.split(/(?<=\n)/)
          expect(lines).toHaveLength(files[at]?.rows ?? 0)
          expect(Buffer.byteLength(lines.slice(0, -1).join(''))).toBeLessThan(100)
          if (at < written.length - 1) expect(Buffer.byteLength(part)).toBeGreaterThanOrEqual(100)
        }
      }),
      { numRuns: 40 },
    )
  })

  test.each(['jsonl', 'jsonl.gz', 'jsonl.zst', 'json', 'json.gz', 'parquet'])(
    'are the same bytes whenever they are written as %s',
    async (suffix) => {
      const texts = Array.from({ length: 3_000 }, (_, i) => `document ${i} ${'x'.repeat(i % 97)}`)
      const [one, other] = [target({ suffix, part_bytes: 60_000 }), target({ suffix, part_bytes: 60_000 })]
      const files = await writeParts(one, documents(texts))
      expect(files.length).toBeGreaterThan(1)
      expect(await writeParts(other, documents(texts))).toEqual(files)
      expect(contents(other.directory)).toEqual(contents(one.directory))
    },
  )

  test('have their stats beside them where those are wanted', async () => {
    const into = target({ stats: true })
    await writeParts(into, documents(['one', 'three']))
    expect(contents(into.directory)).toEqual({
      'part-00000.jsonl': '{"text":"one"}\n{"text":"three"}\n',
      'part-00000_stats.jsonl': '{"n":3}\n{"n":5}\n',
    })
  })

  test('take the place of those that another attempt has left, and of nothing else', async () => {
    const into = target()
    for (const name of ['part-00007.jsonl', 'part-00007.jsonl.dead.partial', 'part-00001.parquet', 'notes.txt'])
      writeFileSync(join(into.directory, name), 'old')
    await writeParts(into, documents(['one']))
    expect(readdirSync(into.directory).sort()).toEqual(['notes.txt', 'part-00000.jsonl'])
  })

  test('leave nothing half-written when the documents break off', async () => {
    const into = target()
    async function* broken() {
      yield* documents(['a'.repeat(200), 'b'])
      throw new Error('broken off')
    }
    await expect(writeParts(into, broken())).rejects.toThrow('broken off')
    expect(readdirSync(into.directory)).toEqual(['part-00000.jsonl'])
  })

  test('are known by their bytes, not by their size alone', async () => {
    const into = target()
    const files = await writeParts(into, documents(['one']))
    expect(await areThere(into.directory, files)).toBe(true)
    writeFileSync(join(into.directory, 'part-00000.jsonl'), '{"text":"two"}\n')
    expect(await areThere(into.directory, files)).toBe(false)
    expect(await areThere(folder(), files)).toBe(false)
  })
})
