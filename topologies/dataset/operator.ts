import type { Exact } from '../../schemas/json/exact.ts'

// What operators do that look at a whole data set. Each is cut so that whoever runs it keeps little of a document and finds
// the rest again: keys and signatures, counted lines, views, keys of groups. `S` is a sample as operators see it.

/** All that is kept of a document to find its duplicates. */
export interface Probe {
  /** At most 20 bytes each, without repeats. Documents that share one are duplicates, or may be where there is a `compare`. */
  keys: Uint8Array[]
  /** What `compare` and `similarity` read; as long for every document of an operator. */
  signature: Uint8Array
  /** Of a cluster those of the least rank stay; absent: the first in the order of the data set. */
  rank?: bigint
}

/**
 * Finds duplicates. Edges are pairs of documents that share a key (and, where there is a `compare`, that it finds alike);
 * clusters are the connected components of the edges, those of dropped documents included; one document of each stays.
 */
export interface Deduplicator<S> {
  /** Throws Failure for a document that cannot be compared with others: it is left out of the data set. */
  probe(subject: S): Probe
  /** How alike two documents that share a key are, from 0 to 1; null where they are no duplicates. Absent: they all are. */
  compare?(a: Uint8Array, b: Uint8Array): number | null
  /** For the report only: how alike two duplicates are, from 0 to 1, by their signatures. */
  similarity(a: Uint8Array, b: Uint8Array): number
}

/** Drops lines that stand in many documents, and no document. A data set of one document stays as it is. */
export interface LineDeduplicator<S> {
  /** A line goes that stands in more documents than this. */
  threshold: number
  /** The keys of the lines that may go, each once: 16 characters of one byte. */
  lines(subject: S): string[]
  /** The text without the lines of those keys; null where it stays as it is. */
  without(subject: S, frequent: (key: string) => boolean): string | null
}

/** What a selector keeps of a document: a field as Python has it, or nothing. Integers beyond the exact doubles are bigint. */
export type View = null | boolean | number | bigint | string

/** Chooses documents of a data set. */
export interface Selector<S> {
  /** Throws Failure for a document that cannot be compared with others: it is left out of the data set. */
  view(subject: S): View
  /**
   * The places of those that stay, in the order in which Data-Juicer gives them: not always that of the data set, and with
   * repeats where it repeats. Throws Failure where nothing can be chosen from this data set.
   */
  select(views: readonly View[]): Uint32Array
}

/** A sample with its members as they are spelt. */
export type ExactSample = { [key: string]: Exact }

/** Makes one document of several. */
export interface Grouper<S> {
  /** Documents of one key become one, in the order in which the keys are first seen. Throws Failure for a document without one. */
  key(subject: S): string
  /** The document that a group becomes: for each field the list of its values, null where a sample lacks it. */
  merge(samples: readonly ExactSample[]): ExactSample
}
