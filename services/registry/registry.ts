import { setTimeout as delay } from 'node:timers/promises'
import { COMPATIBILITY, SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry'
import { z } from 'zod'
import { BUNDLED_SCHEMAS } from '../../schemas/avro/bundled.ts'
import type { KnownSchemas } from '../../schemas/codec.ts'
import type { SchemaName, SchemaVersion } from '../../schemas/ids.ts'
import { Failure } from '../../topologies/failure.ts'
import { type Address, addressOf, ask, refusal, shaped } from './requests.ts'

/** An Avro record schema, complete in itself. */
interface NamedSchema {
  name: string
  namespace: string
}

/** One schema and the subject under which the registry keeps its versions. */
interface Subject {
  name: SchemaName
  subject: string
  avro: string
}

const CONFIG = z.object({ compatibilityLevel: z.enum(COMPATIBILITY) })
const VERSIONS = z.array(z.int())
const VERSION = z.object({ id: z.int(), schema: z.string() })
const VERDICT = z.object({ is_compatible: z.boolean(), messages: z.array(z.string()).optional() })

/** How often a registration is tried: workers that start together may get into each other's way at a new subject. */
const ATTEMPTS = 4

/**
 * Registers the schemas of everything that travels with a Confluent-compatible registry, and gives the ids to write with and
 * the other versions that it holds. `url`: where the API's paths begin, such as `http://registry:8081` or, for Apicurio,
 * `http://registry:8080/apis/ccompat/v7`; with `user:password@` before the host where the registry asks for it.
 *
 * Subjects are named by record (`millrace.Document`, …), as Confluent's RecordNameStrategy does, since one schema travels
 * through many topics. A subject without a compatibility level gets BACKWARD; a level that someone has set stays.
 * Throws Failure `schema_incompatible` naming subject and reason, `registry_unreachable` or `registry_denied`.
 */
export async function registerSchemas(
  url: string,
  schemas: Record<SchemaName, NamedSchema> = BUNDLED_SCHEMAS,
): Promise<KnownSchemas> {
  const address = addressOf(url)
  const older: SchemaVersion[] = []
  const enter = async (name: SchemaName): Promise<number> => {
    const { namespace, name: record } = schemas[name]
    const subject = { name, subject: `${namespace}.${record}`, avro: JSON.stringify(schemas[name]) }
    const id = await register(address, subject)
    older.push(...(await otherVersions(address, subject, id)))
    return id
  }
  const ids = {
    document: await enter('document'),
    rejection: await enter('rejection'),
    dead_letter: await enter('dead_letter'),
    ledger_entry: await enter('ledger_entry'),
    probe_block: await enter('probe_block'),
    edge_block: await enter('edge_block'),
    verdict_block: await enter('verdict_block'),
  }
  return { ids, older }
}

async function register(address: Address, subject: Subject): Promise<number> {
  const { host, auth } = address
  const client = new SchemaRegistry({ host, ...(auth ? { auth } : {}), retry: { retries: 0 } })
  const avro = { type: SchemaType.AVRO as const, schema: subject.avro }
  for (let attempt = 1; ; attempt++) {
    try {
      const compatibility = await settleCompatibility(address, subject.subject)
      const { id } = await client.register(avro, { subject: subject.subject, compatibility })
      return id
    } catch (thrown) {
      const failure = await explained(address, subject, thrown)
      if (attempt === ATTEMPTS || !failure.retryable) throw failure
      await delay(100 * attempt)
    }
  }
}

/**
 * The level with which the subject is checked. It must stand before the first check: a registry whose own level is NONE, as
 * Apicurio's, would let anything pass, and the client refuses to register where the level is not the one it expects.
 */
async function settleCompatibility(address: Address, subject: string): Promise<COMPATIBILITY> {
  const path = `/config/${subject}`
  const config = await ask(address, 'GET', path)
  const level = config === null ? null : shaped(address, CONFIG, config).compatibilityLevel
  if (level !== null && level !== COMPATIBILITY.NONE) return level
  const isNew = (await ask(address, 'GET', `/subjects/${subject}/versions`)) === null
  if (level !== null || !isNew) await ask(address, 'PUT', path, { compatibility: COMPATIBILITY.BACKWARD })
  return COMPATIBILITY.BACKWARD
}

/** Every version of a subject but the one with this id: what was written with them stays readable. */
async function otherVersions(address: Address, subject: Subject, id: number): Promise<SchemaVersion[]> {
  const path = `/subjects/${subject.subject}/versions`
  const numbers = shaped(address, VERSIONS, (await ask(address, 'GET', path)) ?? [])
  const versions: SchemaVersion[] = []
  for (const number of numbers) {
    const answer = await ask(address, 'GET', `${path}/${number}`)
    const version = answer === null ? null : shaped(address, VERSION, answer)
    if (!version || version.id === id) continue
    versions.push({ id: version.id, name: subject.name, schema: JSON.parse(version.schema) })
  }
  return versions
}

/** Why a registration failed. The client's error has the status; whether the schema itself is refused only a check tells. */
async function explained(address: Address, subject: Subject, thrown: unknown): Promise<Failure> {
  if (thrown instanceof Failure) return thrown
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  const status = thrown instanceof Error && 'status' in thrown && typeof thrown.status === 'number' ? thrown.status : 0
  if (status !== 409 && status !== 422) return refusal(address, status, message)
  const path = `/compatibility/subjects/${subject.subject}/versions/latest?verbose=true`
  const answer = VERDICT.safeParse(await ask(address, 'POST', path, { schema: subject.avro }))
  if (status === 409 && answer.data?.is_compatible) return refusal(address, 503, message)
  const reasons = answer.data?.messages?.join('; ') || message
  return new Failure(
    'schema_incompatible',
    `The registry refuses a new version of ${subject.subject} that would not read what is written already: ${reasons}`,
    { cause: thrown },
  )
}
