import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { createCodec } from '../../../schemas/codec.ts'
import { connectKafka } from '../../../services/brokers/kafka/kafka.ts'
import { millrace, scratchDirectory } from '../../support/command-line.ts'
import { testKafka } from '../../support/kafka.ts'
import { topologyOf } from '../../support/pipelines.ts'

const kafka = await testKafka()
const directory = scratchDirectory()
const pipeline = `rolling-${Date.now().toString(36)}`
const env = { MILLRACE_HOME: join(directory, 'home'), MILLRACE_BROKERS: kafka?.brokers.join(',') ?? '' }
const command = (...args: string[]) => millrace(args, { directory, env })

const recipeOf = (version: string) => `
project_name: ${pipeline}
process:
  - clean_email_mapper: {repl: '${version}'}
  - clean_ip_mapper: {repl: '${version}'}
stream: {partitions: 2, transaction_bytes: 4KiB}
`

function writeRecipe(version: string): void {
  writeFileSync(join(directory, 'recipe.yaml'), recipeOf(version))
}

function writeLines(name: string, from: number, count: number): void {
  const lines = Array.from({ length: count }, (_, i) => `{"id":${from + i},"text":"a@b.org at 10.0.0.1"}\n`)
  writeFileSync(join(directory, name), lines.join(''))
}

afterAll(async () => {
  if (!kafka) return
  await command('down', pipeline)
  const broker = await connectKafka({ brokers: kafka.brokers })
  await broker.deleteTopics((await broker.topics()).filter((topic) => topic.startsWith(`${pipeline}.`)))
  await broker.close()
})

describe.skipIf(!kafka)('a recipe edited and deployed over the version that runs', () => {
  test('processes every document by one version from door to door, and the header says by which', async () => {
    writeRecipe('one')
    writeLines('before.jsonl', 0, 3_000)
    writeLines('behind.jsonl', 3_000, 1_000)
    expect(await command('up', 'recipe.yaml', '--isolate')).toMatchObject({ code: 0 })
    const fed = await command('produce', 'recipe.yaml', '--input', 'before.jsonl')
    expect(fed.stderr).toBe('')
    writeRecipe('two')
    expect(await command('up', 'recipe.yaml', '--isolate')).toMatchObject({ code: 2 })
    expect(await command('up', 'recipe.yaml', '--isolate', '--replace')).toMatchObject({ code: 0 })
    expect(await command('produce', 'recipe.yaml', '--input', 'behind.jsonl')).toMatchObject({ code: 0 })

    const seen = await refined(4_000)
    expect(new Set(seen.map(({ id }) => id)).size).toBe(4_000)
    const versions = new Map(['one', 'two'].map((version) => [topologyOf(recipeOf(version)).recipe, version]))
    for (const { text, recipe } of seen) {
      const version = versions.get(recipe)
      expect(text).toBe(`${version} at ${version}`)
    }
    expect(seen.some(({ id, text }) => id < 3_000 && text.startsWith('one'))).toBe(true)
    expect(seen.filter(({ id }) => id >= 3_000).every(({ text }) => text.startsWith('two'))).toBe(true)
  }, 180_000)
})

async function refined(count: number): Promise<{ id: number; text: string; recipe: string }[]> {
  const broker = await connectKafka({ brokers: kafka?.brokers ?? [] })
  const codec = createCodec()
  const found: { id: number; text: string; recipe: string }[] = []
  const abort = new AbortController()
  try {
    for await (const { records } of broker.read(`${pipeline}.refined`, { until: 'forever', signal: abort.signal })) {
      for (const { value, headers } of records) {
        const { fields, text } = codec.decodeDocument(value ?? Buffer.of())
        const { id } = JSON.parse(Buffer.from(fields).toString())
        found.push({ id, text, recipe: String(headers['millrace.recipe']) })
      }
      if (found.length >= count) abort.abort()
    }
  } finally {
    await broker.close()
  }
  return found
}
