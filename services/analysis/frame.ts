import type { Stats, StatValue } from '../../schemas/document.ts'
import { draws, reservoir } from './draws.ts'
import { GrowingNumbers } from './growing-numbers.ts'
import { Moments } from './moments.ts'
import { ValueCounts } from './value-counts.ts'

/** Documents of which all stats are kept: up to so many, everything that is said is exact. */
export const EXACT_DOCUMENTS = 200_000
/** Items of lists that are kept for each stat, likewise. */
const EXACT_ITEMS = 1_000_000
const SEED = 1

/** What the values of a stat are; its first value decides. */
export type StatKind = 'number' | 'boolean' | 'text' | 'list'

/** One stat of all documents. */
export interface Column {
  /** Null while no document had a value. */
  kind: StatKind | null
  /** Documents with a value of this kind; those with one of another kind count as missing. */
  documents: number
  /** Of all numbers, and of all items of lists: exact always. */
  moments: Moments
  /** One number for each kept document: the number, 0 or 1 for a boolean, the mean of a list; NaN where there is none. */
  rows: GrowingNumbers
  /** The kept items of lists. */
  items: GrowingNumbers
  counts: ValueCounts
  takesItem(): number | null
}

/**
 * The stats of documents by columns. Beyond EXACT_DOCUMENTS a uniform sample of the documents is kept (a reservoir, with a fixed
 * seed), whole rows, so that stats can still be held against each other; counts, means, deviations and ends stay exact.
 */
export class Frame {
  documents = 0
  readonly columns = new Map<string, Column>()
  readonly #takesRow: () => number | null
  readonly #room: number

  constructor(room = EXACT_DOCUMENTS) {
    this.#room = room
    this.#takesRow = reservoir(room, draws(SEED))
  }

  /** How many documents are kept. */
  get kept(): number {
    return Math.min(this.documents, this.#room)
  }

  /** Whether all documents and all items are kept. */
  get exact(): boolean {
    const columns = [...this.columns.values()]
    const whole = columns.every(({ kind, items, moments, counts }) =>
      kind === 'list' ? items.length === moments.count : counts.unnamed === 0,
    )
    return whole && this.documents <= this.#room
  }

  add(stats: Stats): void {
    this.documents++
    const row = this.#takesRow()
    for (const [name, value] of Object.entries(stats)) {
      const column = this.columns.get(name) ?? this.#begun(name)
      const number = take(column, value)
      if (row !== null) column.rows.put(row, number)
    }
    if (row === null) return
    for (const [name, column] of this.columns) if (!Object.hasOwn(stats, name)) column.rows.put(row, Number.NaN)
  }

  /** A column's numbers, one for each kept document. A list that is missing or empty is 0, as for Data-Juicer's correlations. */
  numbers(column: Column): Float64Array {
    const numbers = column.rows.upTo(this.kept)
    return column.kind === 'list' ? numbers.map((value) => (Number.isNaN(value) ? 0 : value)) : numbers
  }

  #begun(name: string): Column {
    const column: Column = {
      kind: null,
      documents: 0,
      moments: new Moments(),
      rows: new GrowingNumbers(),
      items: new GrowingNumbers(),
      counts: new ValueCounts(),
      takesItem: reservoir(EXACT_ITEMS, draws(SEED)),
    }
    this.columns.set(name, column)
    return column
  }
}

/** Takes a value in, and gives what stands for it in its row. */
function take(column: Column, value: StatValue): number {
  const kind = kindOf(value)
  if (kind === null) return Number.NaN
  column.kind ??= kind
  if (column.kind !== kind) return Number.NaN
  column.documents++
  if (Array.isArray(value)) return takeList(column, value)
  if (typeof value === 'number') column.moments.add(value)
  else column.counts.add(String(value))
  return typeof value === 'string' ? Number.NaN : Number(value)
}

function takeList(column: Column, list: readonly number[]): number {
  let sum = 0
  for (const item of list) {
    sum += item
    if (Number.isNaN(item)) continue
    column.moments.add(item)
    const place = column.takesItem()
    if (place !== null) column.items.put(place, item)
  }
  return list.length === 0 ? 0 : sum / list.length
}

function kindOf(value: StatValue): StatKind | null {
  if (value === null || Number.isNaN(value)) return null
  if (Array.isArray(value)) return 'list'
  if (typeof value === 'number') return 'number'
  return typeof value === 'boolean' ? 'boolean' : 'text'
}
