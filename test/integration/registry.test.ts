import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BUNDLED_SCHEMAS } from '../../schemas/avro/bundled.ts'
import { createCodec, encodeDocument, schemaIdOf } from '../../schemas/codec.ts'
import type { SchemaName } from '../../schemas/ids.ts'
import { type LocalRegistry, startLocalRegistry } from '../../services/registry/local.ts'
import { registerSchemas } from '../../services/registry/registry.ts'
import { Failure } from '../../topologies/failure.ts'
import { deadLetters, documentsWithSafeOffsets, ledgerEntries, rejections } from '../unit/schemas/arbitraries.ts'

type Schemas = typeof BUNDLED_SCHEMAS

const missing = ['java', 'mvn'].filter((program) => !runs(program))
if (missing.length > 0) console.info(`Registry tests are skipped: ${missing.join(' and ')} not installed.`)

let registry: LocalRegistry

function runs(program: string): boolean {
  try {
    execFileSync(program, ['-version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** The bundled schemas under names of their own, as a registry of its own would have them. */
function schemasOf(namespace: string): Schemas {
  const renamed = JSON.stringify(BUNDLED_SCHEMAS).replaceAll('"namespace":"millrace"', `"namespace":"${namespace}"`)
  return JSON.parse(renamed)
}

function withField(
  schemas: Schemas,
  name: SchemaName,
  field: { name: string; type: string; default?: unknown },
): Schemas {
  const schema = schemas[name]
  return { ...schemas, [name]: { ...schema, fields: [...schema.fields, { ...field, doc: 'New.' }] } }
}

async function call(method: string, path: string, body?: object): Promise<unknown> {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(registry.url + path, {
    method,
    headers,
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  return response.json()
}

const document = fc.sample(documentsWithSafeOffsets, { numRuns: 1, seed: 11 })[0]
if (!document) throw new Error('no sample')

describe.skipIf(missing.length > 0)('With a schema registry', () => {
  beforeAll(async () => {
    registry = await startLocalRegistry({ onProgress: (line) => console.info(line) })
  }, 300_000)

  afterAll(() => registry?.stop())

  test('schemas are registered under the names of their records, BACKWARD, once', async () => {
    const first = await registerSchemas(registry.url)
    expect(first.older).toEqual([])
    expect(new Set(Object.values(first.ids)).size).toBe(Object.keys(BUNDLED_SCHEMAS).length)
    expect(await registerSchemas(registry.url)).toEqual(first)
    for (const { name: record } of Object.values(BUNDLED_SCHEMAS)) {
      expect(await call('GET', `/config/millrace.${record}`)).toEqual({ compatibilityLevel: 'BACKWARD' })
      expect(await call('GET', `/subjects/millrace.${record}/versions`)).toEqual([1])
    }
  })

  test('its ids are written and read, and records with the bundled ids stay readable', async () => {
    const known = await registerSchemas(registry.url)
    const codec = createCodec(known)
    expect(schemaIdOf(codec.encodeDocument(document))).toBe(known.ids.document)
    expect(codec.decodeDocument(encodeDocument(document))).toStrictEqual(document)
    fc.assert(
      fc.property(documentsWithSafeOffsets, rejections, deadLetters, ledgerEntries, (one, two, three, four) => {
        expect(codec.decodeDocument(codec.encodeDocument(one))).toStrictEqual(one)
        expect(codec.decodeRejection(codec.encodeRejection(two))).toStrictEqual(two)
        expect(codec.decodeDeadLetter(codec.encodeDeadLetter(three))).toEqual(three)
        expect(codec.decodeLedgerEntry(codec.encodeLedgerEntry(four))).toEqual(four)
      }),
      { numRuns: 20 },
    )
  })

  test('any consumer reads what was written, with the schema that the registry gives for its id', async () => {
    const { SchemaRegistry } = await import('@kafkajs/confluent-schema-registry')
    const codec = createCodec(await registerSchemas(registry.url))
    const client = new SchemaRegistry({ host: registry.url })
    const bytes = codec.encodeDocument({ ...document, text: '水', fields: Buffer.from('{"text":null}'), textAt: 8 })
    expect(await client.decode(bytes)).toMatchObject({
      id: document.id,
      text: '水',
      fields: '{"text":null}',
      text_at: 8,
    })
  })

  test('a schema that reads the old one becomes its second version, and old records are read', async () => {
    const newest = schemasOf('evolving')
    const fields = newest.document.fields.filter(({ name }) => name !== 'skipped')
    const old = { ...newest, document: { ...newest.document, fields } }
    const before = await registerSchemas(registry.url, old)
    const after = await registerSchemas(registry.url, newest)
    expect(after.ids.document).not.toBe(before.ids.document)
    expect(after.older).toEqual([{ id: before.ids.document, name: 'document', schema: old.document }])
    expect(await call('GET', '/subjects/evolving.Document/versions')).toEqual([1, 2])
  })

  test('a schema that does not read the old one is refused by name and reason', async () => {
    const schemas = schemasOf('strict')
    await registerSchemas(registry.url, schemas)
    const failed = await registerSchemas(
      registry.url,
      withField(schemas, 'document', { name: 'must', type: 'string' }),
    ).catch((thrown: unknown) => thrown)
    expect(failed).toBeInstanceOf(Failure)
    expect(failed).toMatchObject({ code: 'schema_incompatible', retryable: false })
    expect(String(failed)).toMatch(/strict\.Document.*must/)
    expect(await call('GET', '/subjects/strict.Document/versions')).toEqual([1])
  })

  test('a subject that another client made without a level is checked all the same', async () => {
    const schemas = schemasOf('foreign')
    await call('POST', '/subjects/foreign.Document/versions', { schema: JSON.stringify(schemas.document) })
    const broken = withField(schemas, 'document', { name: 'must', type: 'string' })
    await expect(registerSchemas(registry.url, broken)).rejects.toMatchObject({ code: 'schema_incompatible' })
    await registerSchemas(registry.url, schemas)
    expect(await call('GET', '/config/foreign.Document')).toEqual({ compatibilityLevel: 'BACKWARD' })
  })

  test('a level that someone has set stays', async () => {
    const schemas = schemasOf('careful')
    await registerSchemas(registry.url, schemas)
    await call('PUT', '/config/careful.Document', { compatibility: 'FULL_TRANSITIVE' })
    await registerSchemas(registry.url, schemas)
    expect(await call('GET', '/config/careful.Document')).toEqual({ compatibilityLevel: 'FULL_TRANSITIVE' })
  })

  test('workers that start together get the same ids', async () => {
    const schemas = schemasOf('together')
    const all = await Promise.all(Array.from({ length: 6 }, () => registerSchemas(registry.url, schemas)))
    for (const known of all) expect(known).toEqual(all[0])
  })

  test('and when it has gone, it is unreachable', async () => {
    const gone = await startLocalRegistry()
    await gone.stop()
    await expect(registerSchemas(gone.url)).rejects.toMatchObject({ code: 'registry_unreachable' })
  }, 60_000)
})
