import type { z } from 'zod'
import type { Stats } from '../schemas/document.ts'
import type { Exact } from '../schemas/json/exact.ts'
import type { Json } from '../schemas/json/keys.ts'
import type { Deduplicator, Grouper, LineDeduplicator, Selector } from './dataset/operator.ts'
import type { ChatModels, Downloader, ModelOpener, Python } from './effects.ts'
import type { Failure } from './failure.ts'
import type { Text } from './text.ts'

/** What a stage needs of the machine; neighbours of one class may share a process. */
export type Resource = 'cpu' | 'gpu' | 'remote'

export interface Traits {
  resource: Resource
  /** `record`: one document at a time. `dataset`: needs the end of the input. */
  scope: 'record' | 'dataset'
}

/** What `create` may ask of its surroundings. Assets are read here, once, never while documents pass. */
export interface OperatorContext {
  /** The asset store's directory: what `{assets}` in a parameter stands for. */
  assets: string
  /** Reads a file of the asset store whole; throws Failure `asset_missing` with what to fetch and where to put it. */
  readAsset(name: string): Uint8Array
  /**
   * What changes when a file of the asset store is replaced; null where there is none. For operators that take up a new model
   * between two batches; missing where files do not change.
   */
  assetState?(name: string): string | null
  /**
   * Reads a file that a document names, whole; throws where there is none. Missing where documents may name none: an operator
   * that needs it is then refused.
   */
  readFile?(path: string): Uint8Array
  /** Runs Python functions of the recipe; missing where the recipe may run no code. */
  python?: Python
  /** Fetches what documents name on the network; missing where they may name nothing. */
  download?: Downloader
  /** Asks models behind endpoints; missing where nobody may be asked. */
  chat?: ChatModels
  /** Opens models in ONNX. */
  openModel?: ModelOpener
  /** The asset store's files (or those of `directory`, a recipe's own) that end in `.json`, by name. */
  listAssets(directory?: string): { name: string; read(): Uint8Array }[]
}

/**
 * Runs as a test and stands in the reference. A text goes in, with the sample's other `fields`; out comes a `text`, all
 * `documents`, `drop`, `keep` or `fail`. `stats` are compared to 1e-10. Of a data set, one sample is looked at.
 */
export interface Example {
  title: string
  parameters?: Record<string, unknown>
  text: string
  fields?: { [key: string]: Json }
  /** What a model answers that the operator asks, in turn. */
  answers?: string[]
  /** Samples of the data set that come before this one, and behind it. */
  before?: { [key: string]: Json }[]
  after?: { [key: string]: Json }[]
  expect:
    | { text: string }
    | { documents: { [key: string]: Json }[] }
    | { drop: string }
    | { keep: true }
    | { fail: true }
  stats?: Stats
}

interface Description<P> {
  /** Data-Juicer's name, snake_case with its kind behind it. */
  name: string
  /** One sentence, present tense. */
  summary: string
  parameters: z.ZodType<P>
  traits?: Partial<Traits>
  /** Behaviour that surprises and is kept because Data-Juicer has it. */
  quirks?: string[]
  /** It writes tags, and `try` shows them. */
  tags?: true
  /** Names of the models that it reads with these parameters: what it has to find among the assets. */
  assets?(parameters: P): string[]
  /** Whose component it follows, where it is none of Data-Juicer's: nothing is recorded to hold it against. */
  origin?: string
  examples: Example[]
}

/** A mapper whose work is a pure function of the text. */
export interface TextMapperDefinition<P = unknown> extends Description<P> {
  kind: 'mapper'
  on: 'text'
  create(parameters: P, context: OperatorContext): (text: Text) => string
}

/** A sample as an operator sees it that looks at more than the text. */
export interface Subject {
  /** The field that holds the text for this operator. */
  textKey: string
  /** The names of the sample's top-level fields, the text's included. */
  keys(): string[]
  /** The text under the operator's text key. Throws `text_missing` or `text_not_a_string`. */
  text(): Text
  /** The value at a key, or at a path with dots; undefined when there is none. */
  field(key: string): Json | undefined
  /** The same, with numbers as they are spelt and keys in their order. */
  exact(key: string): Exact | undefined
  /** The whole sample, its text included. A copy: changing it changes nothing. */
  sample(): { [key: string]: Json }
  /** What was measured of the document so far, here or in the run of Data-Juicer that it came from. */
  stats(): Readonly<Stats>
  /** Where the document came from: `file:line`, or the topic that somebody else fed; '' where that is not known. */
  source(): string
}

/** The member of a sample that holds its tags, which stay within a run. */
export const TAGS = '__dj__meta__'

/** How a document differs from the one that it was made of: its text, fields by their top-level key, and tags by their name. */
export interface Change {
  text?: string
  fields?: { [key: string]: Exact }
  tags?: { [name: string]: Exact }
  /** Nothing stays of the sample but what this change gives. */
  whole?: true
}

/**
 * A mapper that reads or writes other fields, or makes several documents of one: each Change is a document. None at all
 * means that the document goes, with the reason `nothing_left`.
 */
export interface SampleMapperDefinition<P = unknown> extends Description<P> {
  kind: 'mapper'
  on: 'sample'
  create(parameters: P, context: OperatorContext): (subject: Subject) => Change[]
}

/**
 * A mapper whose work waits: for another process, a network, a device. It is given all documents of a batch at once, and
 * says itself how many of them it works on at a time.
 */
export interface BatchMapperDefinition<P = unknown> extends Description<P> {
  kind: 'mapper'
  on: 'batch'
  create(parameters: P, context: OperatorContext): BatchMapper
}

export interface BatchMapper {
  /** Settles when the mapper can work; rejects with what is missing. */
  ready(): Promise<void>
  /** One result per document, in order. A rejection is the failure of each of them. */
  map(subjects: Subject[]): Promise<(Change[] | Failure)[]>
  close(): Promise<void>
}

/** Why a document goes of which a mapper makes none. */
export const NOTHING_LEFT = 'nothing_left'

/**
 * A filter: a measure written under its stat keys, and a judgement of it. A stat that is already there is trusted and not
 * measured again, as Data-Juicer does.
 */
export interface FilterDefinition<P = unknown> extends Description<P> {
  kind: 'filter'
  on: 'text'
  /** The closed set of reasons with which it drops, snake_case. */
  reasons: string[]
  create(parameters: P, context: OperatorContext): Filter
}

export interface Filter {
  /** Stat keys that `measure` gives. */
  stats: string[]
  measure(text: Text): Stats
  /** The reason to drop, or null to keep. */
  judge(stats: Stats): string | null
}

/** A filter that looks at other fields of the sample. */
export interface SampleFilterDefinition<P = unknown> extends Description<P> {
  kind: 'filter'
  on: 'sample'
  reasons: string[]
  create(parameters: P, context: OperatorContext): SampleFilter
}

export interface SampleFilter {
  /** Stat keys that `measure` gives; none when it writes no stats. */
  stats: string[]
  measure(subject: Subject): Stats
  judge(stats: Stats, subject: Subject): string | null
}

/** A filter whose measure waits: for a model, another process, a network. It is given all documents of a batch at once. */
export interface BatchFilterDefinition<P = unknown> extends Description<P> {
  kind: 'filter'
  on: 'batch'
  reasons: string[]
  create(parameters: P, context: OperatorContext): BatchFilter
}

export interface BatchFilter {
  /** Stat keys that `measure` gives; a document that has them all is not measured again. */
  stats: string[]
  /** Settles when the filter can work; rejects with what is missing. */
  ready(): Promise<void>
  /** The stats of each document, in order, or why it has none. A rejection is the failure of each of them. */
  measure(subjects: Subject[]): Promise<(Stats | Failure)[]>
  judge(stats: Stats, subject: Subject): string | null
  close(): Promise<void>
}

/** A deduplicator of documents. */
export interface DeduplicatorDefinition<P = unknown> extends Description<P> {
  kind: 'deduplicator'
  on: 'dataset'
  create(parameters: P, context: OperatorContext): Deduplicator<Subject>
}

/** A deduplicator of lines. */
export interface LineDeduplicatorDefinition<P = unknown> extends Description<P> {
  kind: 'deduplicator'
  on: 'lines'
  create(parameters: P, context: OperatorContext): LineDeduplicator<Subject>
}

/** A selector. */
export interface SelectorDefinition<P = unknown> extends Description<P> {
  kind: 'selector'
  on: 'dataset'
  create(parameters: P, context: OperatorContext): Selector<Subject>
}

/** A grouper. */
export interface GrouperDefinition<P = unknown> extends Description<P> {
  kind: 'grouper'
  on: 'dataset'
  create(parameters: P, context: OperatorContext): Grouper<Subject>
}

/** An operator that looks at the whole data set. */
export type DatasetOperatorDefinition<P = unknown> =
  | DeduplicatorDefinition<P>
  | LineDeduplicatorDefinition<P>
  | SelectorDefinition<P>
  | GrouperDefinition<P>

/** An operator that looks at one document at a time. */
export type RecordOperatorDefinition<P = unknown> =
  | TextMapperDefinition<P>
  | SampleMapperDefinition<P>
  | BatchMapperDefinition<P>
  | FilterDefinition<P>
  | SampleFilterDefinition<P>
  | BatchFilterDefinition<P>

export type OperatorDefinition<P = unknown> = RecordOperatorDefinition<P> | DatasetOperatorDefinition<P>

/** Declares a mapper of texts; the identity, for its types. */
export function defineTextMapper<P>(definition: Omit<TextMapperDefinition<P>, 'kind' | 'on'>): TextMapperDefinition<P> {
  return { ...definition, kind: 'mapper', on: 'text' }
}

/** Declares a mapper of samples; the identity, for its types. */
export function defineSampleMapper<P>(
  definition: Omit<SampleMapperDefinition<P>, 'kind' | 'on'>,
): SampleMapperDefinition<P> {
  return { ...definition, kind: 'mapper', on: 'sample' }
}

/** Declares a mapper that waits; the identity, for its types. */
export function defineBatchMapper<P>(
  definition: Omit<BatchMapperDefinition<P>, 'kind' | 'on'>,
): BatchMapperDefinition<P> {
  return { ...definition, kind: 'mapper', on: 'batch' }
}

/** Declares a filter of texts; the identity, for its types. */
export function defineFilter<P>(definition: Omit<FilterDefinition<P>, 'kind' | 'on'>): FilterDefinition<P> {
  return { ...definition, kind: 'filter', on: 'text' }
}

/** Declares a filter of samples; the identity, for its types. */
export function defineSampleFilter<P>(
  definition: Omit<SampleFilterDefinition<P>, 'kind' | 'on'>,
): SampleFilterDefinition<P> {
  return { ...definition, kind: 'filter', on: 'sample' }
}

/** Declares a filter that waits; the identity, for its types. */
export function defineBatchFilter<P>(
  definition: Omit<BatchFilterDefinition<P>, 'kind' | 'on'>,
): BatchFilterDefinition<P> {
  return { ...definition, kind: 'filter', on: 'batch' }
}

/** Declares a deduplicator of documents; the identity, for its types. */
export function defineDeduplicator<P>(
  definition: Omit<DeduplicatorDefinition<P>, 'kind' | 'on'>,
): DeduplicatorDefinition<P> {
  return { ...definition, kind: 'deduplicator', on: 'dataset' }
}

/** Declares a deduplicator of lines; the identity, for its types. */
export function defineLineDeduplicator<P>(
  definition: Omit<LineDeduplicatorDefinition<P>, 'kind' | 'on'>,
): LineDeduplicatorDefinition<P> {
  return { ...definition, kind: 'deduplicator', on: 'lines' }
}

/** Declares a selector; the identity, for its types. */
export function defineSelector<P>(definition: Omit<SelectorDefinition<P>, 'kind' | 'on'>): SelectorDefinition<P> {
  return { ...definition, kind: 'selector', on: 'dataset' }
}

/** Declares a grouper; the identity, for its types. */
export function defineGrouper<P>(definition: Omit<GrouperDefinition<P>, 'kind' | 'on'>): GrouperDefinition<P> {
  return { ...definition, kind: 'grouper', on: 'dataset' }
}

/** Why a document goes of which another one stays. */
export const DUPLICATE = 'duplicate'
/** Why a document goes that has become part of another one. */
export const GROUPED = 'grouped'
/** Why a document goes that a selector leaves out. */
export const NOT_SELECTED = 'not_selected'

/** The reasons with which an operator drops documents. */
export function reasonsOf(definition: OperatorDefinition): string[] {
  if (definition.kind === 'filter') return definition.reasons
  if (definition.kind === 'selector') return [NOT_SELECTED]
  if (definition.kind === 'deduplicator') return definition.on === 'lines' ? [] : [DUPLICATE]
  if (definition.kind === 'grouper') return [GROUPED]
  return definition.on === 'text' ? [] : [NOTHING_LEFT]
}

/** Whether an operator looks at the whole data set. */
export function isOfDataset(definition: OperatorDefinition): definition is DatasetOperatorDefinition {
  return definition.kind !== 'mapper' && definition.kind !== 'filter'
}

/** The traits of a definition with the defaults filled in. */
export function traitsOf(definition: OperatorDefinition): Traits {
  return { resource: 'cpu', scope: isOfDataset(definition) ? 'dataset' : 'record', ...definition.traits }
}

/** Every operator that a recipe may name, by name. */
export type Catalog = ReadonlyMap<string, OperatorDefinition>
