import { readFileSync } from 'node:fs'
import { BUNDLED_IDS, type SchemaName, type SchemaVersion } from '../ids.ts'

/** An Avro record schema as JSON. */
interface RecordSchema {
  type: 'record'
  name: string
  namespace: string
  fields: { name: string; type: unknown }[]
}

const FILES: Record<SchemaName, string> = {
  document: 'document.avsc',
  rejection: 'rejection.avsc',
  dead_letter: 'dead-letter.avsc',
  ledger_entry: 'ledger-entry.avsc',
}

/** The schemas as they lie in this folder, each complete in itself. Read once, when this module is loaded. */
export const BUNDLED_SCHEMAS: Record<SchemaName, RecordSchema> = {
  document: load('document'),
  rejection: embed(load('rejection'), load('document')),
  dead_letter: load('dead_letter'),
  ledger_entry: load('ledger_entry'),
}

/** Every version that was ever bundled, so that what was written with an old one stays readable. */
export const BUNDLED_VERSIONS: readonly SchemaVersion[] = [
  { name: 'document', id: BUNDLED_IDS.document, schema: BUNDLED_SCHEMAS.document },
  { name: 'rejection', id: BUNDLED_IDS.rejection, schema: BUNDLED_SCHEMAS.rejection },
  { name: 'dead_letter', id: BUNDLED_IDS.dead_letter, schema: BUNDLED_SCHEMAS.dead_letter },
  { name: 'ledger_entry', id: BUNDLED_IDS.ledger_entry, schema: BUNDLED_SCHEMAS.ledger_entry },
]

function load(name: SchemaName): RecordSchema {
  return JSON.parse(readFileSync(new URL(`../${FILES[name]}`, import.meta.url), 'utf8'))
}

/** Puts a schema in the place where another names it. */
function embed(outer: RecordSchema, inner: RecordSchema): RecordSchema {
  const fullName = `${inner.namespace}.${inner.name}`
  return {
    ...outer,
    fields: outer.fields.map((field) => (field.type === fullName ? { ...field, type: inner } : field)),
  }
}
