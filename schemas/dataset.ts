/** What of a document goes to the operator that looks at the whole data set: enough to judge it, and to name it. */
export interface ProbedDocument {
  /** Its place in the data set's order, as bytes that sort alike; no two documents of a pipeline have the same. */
  order: Buffer
  /** Id and source of the document, for people. */
  id: string
  source: string
  /** Of a deduplicator: documents that share a key are compared. Of lines: their keys. Only those of the block's shard. */
  keys: Buffer[]
  /** Of a deduplicator: what documents are compared by. Of a selector: the field. Of a grouper: the sample as JSON. */
  signature: Buffer
  /** Of a cluster those of the least rank stay; null: the first. */
  rank: bigint | null
}

/** The probes of some neighbouring documents of one partition that belong to one shard. Every shard has a block, be it empty. */
export interface ProbeBlock {
  pipeline: string
  /** The operator's name, and the fingerprint of its parameters: an index knows only one of each. */
  operator: string
  parameters: string
  /** Partition of the documents, and the number of the block: it grows within a partition. */
  partition: number
  block: bigint
  /** Documents of the block over all shards. */
  total: number
  documents: ProbedDocument[]
  /** Runs that end behind these documents in this partition. */
  ended: string[]
  /** Ids of documents of this pipeline that the index is to forget. */
  forgotten: string[]
}

/** A document as an index knows it. */
export interface KnownDocument {
  pipeline: string
  partition: number
  order: Buffer
  id: string
  source: string
  rank: bigint | null
}

/** Two documents that are alike. */
export interface Edge {
  document: KnownDocument
  /** The one that was there before. */
  other: KnownDocument
  /** The other one was released before this data set began, so it stays. */
  past: boolean
  /** From 0 to 1. */
  similarity: number
}

/** What one shard found in some probes. */
export interface EdgeBlock {
  shard: number
  /** Number of the data set that the edges belong to, from 0. */
  dataset: number
  edges: Edge[]
  /** The run whose end the shard has seen on all partitions; null while it goes on. */
  ended: string | null
  /** With `ended`: by partition the number of the block that ended it. */
  through: bigint[]
}

/** What is known of one document of which not all is well. */
export interface Verdict {
  order: Buffer
  /** Why it goes; null when it stays, with some lines less or as another one. */
  reason: string | null
  /** Of a duplicate: the document that stays in its place. */
  original: Original | null
  /** Keys of lines that go. */
  lines: Buffer[]
  /** The whole sample that it becomes, as JSON; null when it stays as it is. */
  sample: Buffer | null
}

/** The document that a duplicate duplicates. */
export interface Original {
  pipeline: string
  id: string
  source: string
  /** From 0 to 1, by the deduplicator's own measure. */
  similarity: number
}

/** That one of those who judge has judged all documents of a partition up to a block; those without a verdict stay. */
export interface VerdictBlock {
  answerer: number
  through: bigint
  verdicts: Verdict[]
}
