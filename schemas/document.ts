/** A measured value under a stat key: what a filter writes and judges. `null` stands for NaN, as in Data-Juicer's exports. */
export type StatValue = number | string | boolean | null | number[]
export type Stats = Record<string, StatValue>

/**
 * One sample on its way through a pipeline.
 *
 * `fields` is the sample's own JSON object, byte for byte as it came, with the text cut out and the four bytes `null` in its
 * place at byte `textAt`; putting the text back there gives the sample again with every other field untouched and in order.
 */
export interface Document {
  /** `<partition>-<offset>` of the raw record; a part of a split document has `.1`, `.2`, … behind it. */
  id: string
  /** Where the raw record came from, for people: `file:line`, or the raw topic's name when its producer did not say. */
  source: string
  /** Partition and offset of the raw record. */
  partition: number
  offset: bigint
  /** Place in the order of the whole input, as the feeder counted; the raw offset when it did not. */
  ordinal: bigint
  text: string
  fields: Uint8Array
  /** -1 where the sample has no text, as when it was grouped. */
  textAt: number
  stats: Stats
  /** Rules by which the door repaired the sample's bytes, e.g. `bom`; empty for nearly all. */
  repairs: string[]
  /** Names of operators that this document passed without being processed, because they were broken. */
  skipped: string[]
}
