import type { z } from 'zod'
import type { Stats } from '../schemas/document.ts'
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
  /** The asset store's files (or those of `directory`, a recipe's own) that end in `.json`, by name. */
  listAssets(directory?: string): { name: string; read(): Uint8Array }[]
}

/** Runs as a test and stands in the reference. `text` in; `text`, `drop` or `fail` out; `stats` are compared to 1e-10. */
export interface Example {
  title: string
  parameters?: Record<string, unknown>
  text: string
  expect: { text: string } | { drop: string } | { keep: true } | { fail: true }
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
  examples: Example[]
}

/** A mapper whose work is a pure function of the text. */
export interface TextMapperDefinition<P = unknown> extends Description<P> {
  kind: 'mapper'
  create(parameters: P, context: OperatorContext): (text: Text) => string
}

/**
 * A filter: a measure written under its stat keys, and a judgement of it. A stat that is already there is trusted and not
 * measured again, as Data-Juicer does.
 */
export interface FilterDefinition<P = unknown> extends Description<P> {
  kind: 'filter'
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

export type OperatorDefinition<P = unknown> = TextMapperDefinition<P> | FilterDefinition<P>

/** Declares a mapper; the identity, for its types. */
export function defineTextMapper<P>(definition: Omit<TextMapperDefinition<P>, 'kind'>): TextMapperDefinition<P> {
  return { ...definition, kind: 'mapper' }
}

/** Declares a filter; the identity, for its types. */
export function defineFilter<P>(definition: Omit<FilterDefinition<P>, 'kind'>): FilterDefinition<P> {
  return { ...definition, kind: 'filter' }
}

/** The traits of a definition with the defaults filled in. */
export function traitsOf(definition: OperatorDefinition): Traits {
  return { resource: 'cpu', scope: 'record', ...definition.traits }
}

/** Every operator that a recipe may name, by name. */
export type Catalog = ReadonlyMap<string, OperatorDefinition>
