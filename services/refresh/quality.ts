import type { DeadLetter } from '../../schemas/dead-letter.ts'
import type { Document } from '../../schemas/document.ts'
import type { Rejection } from '../../schemas/rejection.ts'
import { DUPLICATE } from '../../topologies/operator.ts'
import type { SourceReport } from './manifest.ts'
import { isWithin } from './ranges.ts'

/** The source of a dead letter that does not say where it came from. */
const NOWHERE = 'unknown'
/** The stat under which token_num_filter writes what it has counted. */
const TOKENS = 'num_token'

export interface QualityParts {
  /** Names of the sources, in order. */
  sources: readonly string[]
  /** The source of what comes from this place (`file:line`); null for a place of none. */
  sourceOf(place: string): string | null
  pipeline: string
  /** First offset of the refresh on the raw topic, by partition. */
  raw: readonly number[]
  /** Whether rejected documents are on their topic, or were only counted. */
  rejectedKept: boolean
}

/** What became of the documents of each source. */
export class Quality {
  readonly #parts: QualityParts
  readonly #reports: Map<string, SourceReport>

  constructor(parts: QualityParts) {
    this.#parts = parts
    this.#reports = new Map(parts.sources.map((source) => [source, emptyReport(source, parts.rejectedKept)]))
  }

  /** Records that were fed. */
  get records(): number {
    return this.reports().reduce((sum, report) => sum + report.in, 0)
  }

  reports(): SourceReport[] {
    return [...this.#reports.values()]
  }

  fed(place: string, bytes: number): void {
    const report = this.#of(place)
    report.in++
    report.bytes_in += bytes
  }

  kept({ source, stats }: Document, bytes: number): void {
    const report = this.#of(source)
    report.kept++
    report.bytes_kept += bytes
    const tokens = stats[TOKENS]
    if (typeof tokens === 'number') report.tokens = (report.tokens ?? 0) + tokens
  }

  rejected(rejection: Rejection): void {
    const { rejected, duplicates } = this.#of(rejection.document.source)
    const { operator, reason } = rejection
    if (reason === DUPLICATE) {
      if (duplicates) duplicates[this.#isPast(rejection) ? 'past' : 'within']++
      return
    }
    if (!rejected) return
    const reasons = rejected[operator] ?? {}
    reasons[reason] = (reasons[reason] ?? 0) + 1
    rejected[operator] = reasons
  }

  dead({ source, code }: Pick<DeadLetter, 'source' | 'code'>): void {
    const { dead_letters } = this.#of(source ?? NOWHERE)
    dead_letters[code] = (dead_letters[code] ?? 0) + 1
  }

  /** The id of a document says where its record lies on the raw topic, and so whether that was there before. */
  #isPast({ duplicate_of: original }: Rejection): boolean {
    const { pipeline, raw } = this.#parts
    if (!original) return false
    if (original.pipeline !== pipeline) return true
    return !isWithin(original.id, { from: raw })
  }

  #of(place: string): SourceReport {
    const { sourceOf, rejectedKept } = this.#parts
    const source = sourceOf(place) ?? place
    const report = this.#reports.get(source) ?? emptyReport(source, rejectedKept)
    this.#reports.set(source, report)
    return report
  }
}

function emptyReport(source: string, rejectedKept: boolean): SourceReport {
  return {
    source,
    in: 0,
    bytes_in: 0,
    kept: 0,
    bytes_kept: 0,
    tokens: null,
    rejected: rejectedKept ? {} : null,
    duplicates: rejectedKept ? { within: 0, past: 0 } : null,
    dead_letters: {},
  }
}
