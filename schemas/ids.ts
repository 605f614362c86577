/** The things that travel. */
export type SchemaName =
  | 'document'
  | 'rejection'
  | 'dead_letter'
  | 'ledger_entry'
  | 'probe_block'
  | 'edge_block'
  | 'verdict_block'

/** Schema id of the newest version of each, as written in front of every record. */
export type SchemaIds = Record<SchemaName, number>

/** A version of a schema that some record may have been written with. */
export interface SchemaVersion {
  id: number
  name: SchemaName
  /** The schema as Avro JSON, complete in itself. */
  schema: object
}

/** Ids of the schemas bundled here, used where no registry is configured. An id never changes its schema. */
export const BUNDLED_IDS: SchemaIds = {
  document: 1001,
  rejection: 1007,
  dead_letter: 1005,
  ledger_entry: 1006,
  probe_block: 1008,
  edge_block: 1009,
  verdict_block: 1010,
}
