import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openOutput } from '../../../services/connectors/jsonl-writer.ts'
import { openPart, resumePositions } from '../../../services/connectors/parts-writer.ts'
import { failureOf, newFolder, readAll, texts } from './folders.ts'

const lines = (...all: string[]) => all.map((line) => Buffer.from(line))

describe('An output file', () => {
  test('holds what was written, plain or packed, and reads back the same', async () => {
    const folder = await newFolder()
    const someLines = fc.array(fc.string({ unit: 'binary', minLength: 1 }).map((text) => JSON.stringify({ text })))
    await fc.assert(
      fc.asyncProperty(fc.array(someLines), fc.constantFrom('', '.gz', '.zst'), async (batches, suffix) => {
        const path = join(folder, `out.jsonl${suffix}`)
        const output = await openOutput(path, 'run')
        for (const batch of batches) await output.write(lines(...batch))
        expect(await output.commit()).toMatchObject({ path, lines: batches.flat().length })
        expect(texts((await readAll(path)).lines)).toEqual(batches.flat())
      }),
      { numRuns: 60 },
    )
  })

  test('takes lines that are longer than its buffer', async () => {
    const path = join(await newFolder(), 'out.jsonl.zst')
    const long = ['x'.repeat(3e6), 'y', 'z'.repeat(1_048_576), 'w'.repeat(1_048_575)]
    const output = await openOutput(path, 'run')
    await output.write(lines(...long))
    await output.commit()
    expect(texts((await readAll(path)).lines)).toEqual(long)
  })

  test('is in its place only once it is whole, in directories that are made for it', async () => {
    const folder = join(await newFolder(), 'new/er')
    const path = join(folder, 'out.jsonl')
    const output = await openOutput(path, 'run.1/x')
    await output.write(lines('a'))
    expect(await readdir(folder)).toEqual(['out.jsonl.run%2E1%2Fx.partial'])
    await output.commit()
    expect(await readdir(folder)).toEqual(['out.jsonl'])
    expect(await readFile(path, 'utf8')).toBe('a\n')
  })

  test('replaces what stood there, and removes what dead runs left of it but of no other', async () => {
    const folder = await newFolder()
    const path = join(folder, 'out.jsonl')
    await writeFile(path, 'old')
    for (const name of ['out.jsonl.dead.partial', 'out.jsonl.gz.alive.partial', 'out.jsonl.partial']) {
      await writeFile(join(folder, name), '')
    }
    const output = await openOutput(path, 'run')
    expect(await readFile(path, 'utf8')).toBe('old')
    await output.commit()
    expect(await readFile(path, 'utf8')).toBe('')
    expect((await readdir(folder)).sort()).toEqual(['out.jsonl', 'out.jsonl.gz.alive.partial', 'out.jsonl.partial'])
  })

  test('leaves what stood there and nothing else when it is given up', async () => {
    const folder = await newFolder()
    await writeFile(join(folder, 'out.jsonl'), 'old')
    const output = await openOutput(join(folder, 'out.jsonl'), 'run')
    await output.write(lines('a'))
    await output.abort()
    expect(await readdir(folder)).toEqual(['out.jsonl'])
  })

  test('of two runs at once is that of the later one, and the earlier one says so', async () => {
    const path = join(await newFolder(), 'out.jsonl')
    const first = await openOutput(path, '1')
    const second = await openOutput(path, '2')
    await first.write(lines('first'))
    await second.write(lines('second'))
    await second.commit()
    expect((await failureOf(first.commit())).code).toBe('output_unwritable')
    expect(await readFile(path, 'utf8')).toBe('second\n')
  })

  test.each(['', '.gz', '.zst'])(
    'on a full disk fails by that name and leaves nothing half-written (%s)',
    async (suffix) => {
      const folder = await newFolder()
      await symlink('/dev/full', join(folder, `out.jsonl${suffix}.run.part`))
      const path = join(folder, `full${suffix}`)
      await symlink('/dev/full', path)
      const output = await openOutput(path, 'run')
      const failure = await failureOf(output.write(lines('x'.repeat(2e6))).then(() => output.commit()))
      expect(failure.code).toBe('disk_full')
      expect((await readdir(folder)).filter((name) => name.endsWith('.partial'))).toEqual([])
    },
  )

  test('cannot be a directory, nor lie in a file', async () => {
    const folder = await newFolder()
    await writeFile(join(folder, 'file'), '')
    for (const path of [folder, join(folder, 'file/out.jsonl')]) {
      const failure = await failureOf(openOutput(path, 'run'))
      expect(failure.code).toBe('output_unwritable')
      expect(failure.message).toContain(folder)
    }
  })

  test('cannot lie where no directory can be made, which is said at once', async () => {
    const failure = await failureOf(openOutput('/proc/millrace/out.jsonl', 'run'))
    expect(failure.code).toBe('output_unwritable')
  })

  test('may be a device, which stays one', async () => {
    const output = await openOutput('/dev/null', 'run')
    await output.write(lines('a'))
    expect(await output.commit()).toEqual({ path: '/dev/null', lines: 1, bytes: 2 })
  })
})

describe('Parts of an exported topic', () => {
  const place = { topic: 'news.refined', partition: 3, from: 0n, packing: 'plain' as const }

  test('are named by partition and offsets, packed by suffix, and say where to go on', async () => {
    const directory = join(await newFolder(), 'export')
    const first = await openPart({ ...place, directory })
    await first.write(lines('a', 'b'))
    const path = join(directory, 'news.refined-3-00000000000000000000-00000000000000000007.jsonl')
    expect(await first.commit(7n)).toEqual({ path, lines: 2, bytes: 4 })
    const second = await openPart({ ...place, directory, from: 7n, packing: 'zstd' })
    await second.write(lines('c'))
    const packed = await second.commit(9n)
    expect(packed?.path).toMatch(/-00000000000000000007-00000000000000000009\.jsonl\.zst$/)
    expect(texts((await readAll(packed?.path ?? '')).lines)).toEqual(['c'])
    expect(await resumePositions(directory, 'news.refined')).toEqual(new Map([[3, 9n]]))
  })

  test('that a crash left unfinished are removed and written again', async () => {
    const directory = await newFolder()
    await writeFile(join(directory, 'news.refined-3-00000000000000000000.partial'), 'lost')
    expect(await resumePositions(directory, 'news.refined')).toEqual(new Map())
    expect(await readdir(directory)).toEqual([])
  })

  test('without a record are not written', async () => {
    const directory = await newFolder()
    const part = await openPart({ ...place, directory, from: 4n })
    expect(await part.commit(4n)).toBeNull()
    expect(await readdir(directory)).toEqual([])
  })

  test('of topics with like names are told apart', async () => {
    const directory = await newFolder()
    for (const topic of ['a', 'a-1', 'a-1-00000000000000000000']) {
      await (await openPart({ ...place, topic, directory })).commit(BigInt(topic.length))
    }
    expect(await resumePositions(directory, 'a')).toEqual(new Map([[3, 1n]]))
    expect(await resumePositions(directory, 'a-1')).toEqual(new Map([[3, 3n]]))
  })

  test('are none where there is no directory', async () => {
    expect(await resumePositions(join(await newFolder(), 'none'), 'a')).toEqual(new Map())
  })

  test('that hold the same records twice are refused', async () => {
    const directory = await newFolder()
    await (await openPart({ ...place, directory })).commit(5n)
    await (await openPart({ ...place, directory, from: 3n })).commit(8n)
    expect((await failureOf(resumePositions(directory, 'news.refined'))).message).toContain('00000000000000000008')
  })

  test('whose writing fails leave nothing behind', async () => {
    const directory = await newFolder()
    await mkdir(directory, { recursive: true })
    await symlink('/dev/full', join(directory, 'news.refined-3-00000000000000000000.partial'))
    const part = await openPart({ ...place, directory })
    await part.write(lines('a'))
    expect((await failureOf(part.commit(1n))).code).toBe('disk_full')
    expect(await readdir(directory)).toEqual([])
  })
})
