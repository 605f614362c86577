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
  kind: 'raw' | 'refined' | 'rejected' | 'dead_letters' | 'ledger' | 'channel'
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
