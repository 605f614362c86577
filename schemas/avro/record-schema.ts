/** An Avro record schema. */
export interface RecordSchema {
  type: 'record'
  name: string
  namespace: string
  doc: string
  fields: { name: string; type: unknown; default?: unknown; doc: string }[]
}
