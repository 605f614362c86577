import type { Document } from '../../../schemas/document.ts'
import { Failure } from '../../../topologies/failure.ts'
import type { Topology } from '../../../topologies/topology.ts'
import { boundsOf } from '../../analysis/bounds.ts'
import { correlations } from '../../analysis/correlation.ts'
import { Frame } from '../../analysis/frame.ts'
import type { AnalysisReport } from '../../analysis/report.ts'
import { summaries } from '../../analysis/summary.ts'
import { VerdictCounts } from '../../analysis/verdicts.ts'
import { type BuiltFilter, judgedBy } from './filters.ts'

export interface AnalysisParts {
  topology: Pick<Topology, 'pipeline' | 'textKey'>
  filters: BuiltFilter[]
  documents: AsyncIterable<Document | Failure>
  input: string
  sample: string | null
  leftOut: AnalysisReport['left_out']
  /** Documents that are kept whole; what Frame has, when not given. */
  room?: number
}

/** Measures all documents by all filters of a recipe and says what there is to say of it. */
export async function analysed(parts: AnalysisParts): Promise<AnalysisReport> {
  const { topology, filters, documents, input, sample, leftOut } = parts
  const started = performance.now()
  const frame = new Frame(parts.room)
  const verdicts = new VerdictCounts(filters.map(({ operator }) => operator))
  const unreadable: Record<string, number> = {}
  for await (const document of documents) {
    if (document instanceof Failure) {
      unreadable[document.code] = (unreadable[document.code] ?? 0) + 1
      continue
    }
    verdicts.add(judgedBy(filters, document, topology.textKey))
    frame.add(document.stats)
  }
  return {
    recipe: topology.pipeline,
    input,
    sample,
    documents: frame.documents,
    unreadable,
    exact: frame.exact,
    kept_for_quantiles: frame.kept,
    stats: summaries(frame).map((summary) => ({ ...summary, bounds: boundsOn(summary.stat, filters) })),
    correlations: correlations(frame),
    filters: verdicts.filters,
    kept: verdicts.kept,
    left_out: leftOut,
    seconds: (performance.now() - started) / 1000,
  }
}

function boundsOn(stat: string, filters: readonly BuiltFilter[]): AnalysisReport['stats'][number]['bounds'] {
  return filters.flatMap(({ operator, stats }) => {
    const { minimum, maximum } = boundsOf(operator.parameters)
    if (!stats.includes(stat) || (minimum === null && maximum === null)) return []
    return [{ operator: operator.name, index: operator.index, minimum, maximum }]
  })
}
