import { expect, test } from 'vitest'
import { BUNDLED_SCHEMAS, BUNDLED_VERSIONS } from '../../../schemas/avro/bundled.ts'
import { recordReader } from '../../../schemas/avro/generic.ts'
import { BUNDLED_IDS, type SchemaName } from '../../../schemas/ids.ts'

const FILES: Record<SchemaName, string> = {
  document: 'document.avsc',
  rejection: 'rejection.avsc',
  dead_letter: 'dead-letter.avsc',
  ledger_entry: 'ledger-entry.avsc',
  probe_block: 'probe-block.avsc',
  edge_block: 'edge-block.avsc',
  verdict_block: 'verdict-block.avsc',
}

test.each(Object.entries(FILES))(
  'The schema %s lies as %s for other languages (vitest -u writes it anew)',
  async (name, file) => {
    const schema = Object.entries(BUNDLED_SCHEMAS).find(([known]) => known === name)?.[1]
    await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot(`../../../schemas/${file}`)
  },
)

test('Every field of every schema is documented', () => {
  for (const { fields } of Object.values(BUNDLED_SCHEMAS)) for (const { doc } of fields) expect(doc).toMatch(/\.$/)
})

test('Every version that was ever bundled has its own id and reads as the newest', () => {
  expect(new Set(BUNDLED_VERSIONS.map(({ id }) => id)).size).toBe(BUNDLED_VERSIONS.length)
  for (const { name, schema } of BUNDLED_VERSIONS) {
    expect(BUNDLED_VERSIONS.some(({ id }) => id === BUNDLED_IDS[name])).toBe(true)
    expect(() => recordReader(schema, BUNDLED_SCHEMAS[name])).not.toThrow()
  }
})
