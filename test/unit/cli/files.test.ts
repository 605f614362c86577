import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { inputLines } from '../../../services/cli/input-lines.ts'
import { outputFile } from '../../../services/cli/output-file.ts'
import { abortable } from '../../../services/cli/terminal/interruption.ts'
import { Failure } from '../../../topologies/failure.ts'
import { scratchDirectory } from '../../support/command-line.ts'
import { rejectionOf } from '../../support/failures.ts'

let directory = ''

beforeEach(() => {
  directory = scratchDirectory()
  vi.stubEnv('INIT_CWD', directory)
})

afterEach(() => {
  vi.unstubAllEnvs()
})

async function places(paths: string[]): Promise<string[]> {
  const found: string[] = []
  for await (const lines of await inputLines(paths, { suffixes: [] })) {
    for (const { bytes, place } of lines) found.push(`${place} ${Buffer.from(bytes)}`)
  }
  return found
}

describe('input lines', () => {
  test('stand where the user sees them, relative to the user’s own directory', async () => {
    mkdirSync(join(directory, 'in'))
    writeFileSync(join(directory, 'in', 'b.jsonl'), '3\n')
    writeFileSync(join(directory, 'in', 'a.jsonl'), '1\n\n2')
    expect(await places(['in'])).toEqual(['in/a.jsonl:1 1', 'in/a.jsonl:3 2', 'in/b.jsonl:1 3'])
    expect(await places([join(directory, 'in', 'b.jsonl')])).toEqual(['in/b.jsonl:1 3'])
  })

  test('of a file elsewhere stand under its whole path', async () => {
    const elsewhere = join(scratchDirectory(), 'x.jsonl')
    writeFileSync(elsewhere, '1\n')
    expect(await places([elsewhere])).toEqual([`${elsewhere}:1 1`])
  })

  test('of a path that leads nowhere fail before any line is read', async () => {
    writeFileSync(join(directory, 'there.jsonl'), '1\n')
    const failure = await rejectionOf(inputLines(['there.jsonl', 'gone.jsonl'], { suffixes: [] }))
    expect(failure).toMatchObject({ code: 'input_missing', message: expect.stringContaining('gone.jsonl') })
  })

  test('are asked for when there are none', async () => {
    expect((await rejectionOf(inputLines([], { suffixes: [] }))).message).toContain('--input')
  })

  test('end at once when the signal aborts, even while the source is silent', async () => {
    const controller = new AbortController()
    async function* silent(): AsyncGenerator<number> {
      yield 1
      await new Promise(() => undefined)
    }
    const seen: number[] = []
    const reading = (async () => {
      for await (const item of abortable(silent(), controller.signal)) seen.push(item)
    })()
    setTimeout(() => controller.abort(new Failure('interrupted', 'Stop.')), 10)
    expect((await rejectionOf(reading)).code).toBe('interrupted')
    expect(seen).toEqual([1])
  })

  test('are not held once they were handed on', async () => {
    setFlagsFromString('--expose-gc')
    const collect: unknown = runInNewContext('gc')
    if (typeof collect !== 'function') throw new Error('No garbage collector at hand.')
    const handedOn: WeakRef<object>[] = []
    async function* objects(): AsyncGenerator<object> {
      for (let i = 0; i < 100; i++) {
        const object = { i }
        handedOn.push(new WeakRef(object))
        yield object
      }
    }
    let alive = 0
    for await (const _ of abortable(objects(), new AbortController().signal)) {
      if (handedOn.length < 100) continue
      // What a WeakRef saw stays alive until the turn ends.
      await new Promise(setImmediate)
      collect()
      alive = handedOn.filter((one) => one.deref() !== undefined).length
    }
    expect(alive).toBeLessThan(10)
  })
})

describe('an output file', () => {
  async function* documents(...texts: string[]): AsyncGenerator<Buffer> {
    for (const text of texts) yield Buffer.from(text)
  }

  test('appears whole, and nothing stays beside it', async () => {
    const output = await outputFile(join(directory, 'new', 'out.jsonl'))
    expect(readdirSync(join(directory, 'new'))).toEqual([])
    await output.write(documents('1', '2'))
    expect(readdirSync(join(directory, 'new'))).toEqual(['out.jsonl'])
    expect(readFileSync(join(directory, 'new', 'out.jsonl'), 'utf8')).toBe('1\n2\n')
  })

  test('keeps the former one when the documents cannot be had', async () => {
    const path = join(directory, 'out.jsonl')
    writeFileSync(path, 'former\n')
    const output = await outputFile(path)
    async function* broken(): AsyncGenerator<Buffer> {
      yield Buffer.from('1')
      throw new Failure('broker_failed', 'Gone.')
    }
    expect((await rejectionOf(output.write(broken()))).code).toBe('broker_failed')
    expect(readdirSync(directory)).toEqual(['out.jsonl'])
    expect(readFileSync(path, 'utf8')).toBe('former\n')
  })

  test('that is a directory, or lies below a file, is refused before anything starts', async () => {
    writeFileSync(join(directory, 'file'), '')
    expect((await rejectionOf(outputFile(directory))).code).toBe('output_unwritable')
    expect((await rejectionOf(outputFile(join(directory, 'file', 'out.jsonl')))).code).toBe('output_unwritable')
  })

  test('clears away what a killed run had spilled, and leaves a living run its own', async () => {
    const path = join(directory, 'out.jsonl')
    const dead = `${path}.20260101T000000000Z-999999999.0.partial`
    const living = `${path}.20260101T000000000Z-${process.pid}.0.partial`
    for (const spill of [dead, living]) writeFileSync(spill, '')
    await outputFile(path)
    expect(readdirSync(directory)).toEqual([living.slice(directory.length + 1)])
  })
})
