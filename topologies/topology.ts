import type { Resource } from './operator.ts'
import type { Tolerance } from './tolerance.ts'

/** `dead_letter`: set the document aside. `pass_through`: let it pass unprocessed, marked. `drop`: reject it. `stop`: end the run. */
export type OnFailure = 'dead_letter' | 'pass_through' | 'drop' | 'stop'
export type Delivery = 'exactly_once' | 'at_least_once'
export type Compression = 'none' | 'gzip' | 'zstd'
export type RejectedPolicy = 'keep' | 'count'

/** One step of a recipe, its parameters complete with defaults. */
export interface PlannedOperator {
  /** Place in the recipe's process list, from 0; the same in every plan of the recipe. */
  index: number
  name: string
  parameters: Record<string, unknown>
  textKey: string
  onFailure: OnFailure
  /** What TOLERANCE has, when not given. */
  tolerance?: Tolerance
}

/** A topic and what it must be created with. `kind` says how long it lives: channels go with the run, the others last. */
export interface Channel {
  topic: string
  kind: 'raw' | 'refined' | 'rejected' | 'dead_letters' | 'ledger' | 'channel' | 'index'
  partitions: number
  config: Record<string, string>
}

/** A run of neighbouring operators that share a process: one consumer group, one service. */
export interface Stage {
  name: string
  group: string
  resource: Resource
  replicas: number
  input: string
  output: string
  operators: PlannedOperator[]
  /** The first stage decodes raw bytes; every other one reads Documents. */
  first: boolean
  /** The last stage writes to the refined topic and swallows end markers. */
  last: boolean
  /** The documents leave probes for this operator, which comes next. */
  probes?: DatasetLink
  /** The documents wait for the verdicts of the first operator, which judges the whole data set. */
  gate?: DatasetLink
  /** The stage takes in no documents: it finds out about them. */
  serves?: DatasetLink & { as: 'index' | 'judge' }
}

/** The operators that act in a stage: at its end one may take probes of the documents. */
export function operatorsOf({ operators, probes }: Pick<Stage, 'operators' | 'probes'>): PlannedOperator[] {
  return probes ? [...operators, probes.operator] : operators
}

/** How the stages around one operator of the whole data set are joined. */
export interface DatasetLink {
  operator: PlannedOperator
  /** Fingerprint of its parameters. */
  fingerprint: string
  /** `end`: judged when the data set has ended, exactly. `arrival`: the first to arrive stays, and each is judged at once. */
  judged: 'end' | 'arrival'
  /** From the documents to the index; one partition a shard. */
  probes: string
  /** The index outlives the run. */
  lasting: boolean
  /** From the index to the judge, one partition; null where the index judges. */
  edges: string | null
  /** Back to the gate, a partition for each of the documents'. */
  verdicts: string
  /** Shards of the index; each judges a part of what is to be known of a document. */
  shards: number
  /** So many must have judged a document before it goes on. */
  answerers: number
}

/** An operator of a recipe's own. */
export interface Module {
  name: string
  /** Absolute path of the file. */
  path: string
  /** Of the file, not of what it imports. */
  sha256: string
}

/** What operators may do beyond their documents; nothing unless the recipe says so. */
export interface Permissions {
  /** Read files that documents name. */
  files: boolean
  /** Run code that the recipe brings along. */
  code: boolean
  /** Fetch what documents name on the network: from nowhere, from the public internet, or from these hosts alone. */
  downloads: boolean | string[]
  /** Ask models behind endpoints that the recipe names: none, any, or those of these hosts. Who runs it may name one besides. */
  endpoints: boolean | string[]
}

/** What a recipe compiles to: plain data, the same for everyone who plans the same recipe. */
export interface Topology {
  pipeline: string
  /** First 16 hex digits of the SHA-256 of the recipe's meaning (operators and their complete parameters, text key). */
  recipe: string
  textKey: string
  delivery: Delivery
  compression: Compression
  /** Largest raw record that is processed; larger ones are dead-lettered. Bytes. */
  maxDocumentBytes: number
  /** About how much one transaction takes in. Bytes of record values. */
  transactionBytes: number
  /** Most memory of an operator thread, or null to leave it to Node. Bytes. */
  threadMemory: number | null
  /** How deep a sample's JSON may nest; deeper ones are dead-lettered. */
  maxDepth: number
  permissions: Permissions
  /** The recipe's own operators. */
  modules: Module[]
  /** Whether rejected documents are written to the rejected topic, or only counted in the ledger. */
  rejected: RejectedPolicy
  topics: { raw: string; refined: string; rejected: string; deadLetters: string; ledger: string }
  channels: Channel[]
  stages: Stage[]
}
