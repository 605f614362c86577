import type { Document } from '../../../schemas/document.ts'
import { type Catalog, isOfDataset, type OperatorContext } from '../../../topologies/operator.ts'
import type { PlannedOperator } from '../../../topologies/topology.ts'
import type { Dropped, OperatorTrace } from '../../analysis/trace.ts'
import type { Outcome } from '../../worker/chain/chain.ts'
import { Passage } from '../../worker/chain/passage.ts'
import { emptyTally } from '../../worker/chain/tally.ts'
import { buildWaitingChain, type WaitingChain } from '../../worker/chain/waiting.ts'

export interface TracingParts {
  operators: PlannedOperator[]
  textKey: string
  catalog: Catalog
  context: OperatorContext
  documents: AsyncIterable<Document>
  /** Most documents that are shown for each operator. */
  limit: number
  /** The stats by which an operator judges a document. */
  deciding(operator: PlannedOperator, document: Document): Dropped['stats']
  /** An empty trace for an operator. */
  begin(operator: PlannedOperator): OperatorTrace
}

/** What an operator did in memory, and so far. */
interface Following {
  operator: PlannedOperator
  chain: WaitingChain
  trace: OperatorTrace
  tried: NonNullable<OperatorTrace['tried']>
}

/**
 * Takes documents through a recipe's operators one by one, as a run takes them, and says what each did. Operators of the whole
 * data set let all documents pass. Rejects with Failure for what the operators lack.
 */
export async function traced(parts: TracingParts): Promise<OperatorTrace[]> {
  const followed = parts.operators.flatMap((operator): Following[] => {
    const definition = parts.catalog.get(operator.name)
    if (!definition || isOfDataset(definition)) return []
    // A trace goes on where a run would stop or wait.
    const { tolerance: _, ...calm } = { ...operator, onFailure: 'dead_letter' as const }
    const chain = buildWaitingChain({ operators: [calm], textKey: parts.textKey }, parts.catalog, parts.context)
    const tried = { in: 0, changed: 0, failed: {} }
    return [{ operator, chain, tried, trace: { ...parts.begin(operator), tried } }]
  })
  try {
    await Promise.all(followed.map(({ chain }) => chain.ready()))
    for await (const document of parts.documents) {
      let live = [document]
      for (const following of followed) {
        const behind: Document[] = []
        for (const one of live) behind.push(...(await passed(one, following, parts)))
        live = behind
      }
    }
    return followed.map(({ trace }) => trace)
  } finally {
    await Promise.all(followed.map(({ chain }) => chain.close()))
  }
}

/** Takes one document through one operator; gives what goes on. */
async function passed(document: Document, following: Following, parts: TracingParts): Promise<Document[]> {
  const { operator, chain, trace, tried } = following
  const { textKey, limit } = parts
  const before = textUnder(document, textKey, operator.textKey)
  const [outcomes = []] = await chain.pass([document], emptyTally([operator]).operators)
  tried.in++
  for (const outcome of outcomes) noteEnd(outcome, before, { ...parts, following })
  const kept = outcomes.flatMap((outcome) => (outcome.kind === 'kept' ? [outcome.document] : []))
  const after = kept.map((one) => textUnder(one, textKey, operator.textKey))
  if (kept.length > 0 && (after.length > 1 || after[0] !== before)) {
    tried.changed++
    const { id, source } = document
    if (trace.changes.length < limit) trace.changes.push({ id, source, before, after })
  }
  return kept
}

function noteEnd(
  outcome: Outcome,
  before: string,
  { following, limit, deciding }: TracingParts & { following: Following },
): void {
  const { operator, trace, tried } = following
  if (outcome.kind === 'kept') return
  if (outcome.kind === 'failed') {
    const { code } = outcome.failure
    tried.failed[code] = (tried.failed[code] ?? 0) + 1
    return
  }
  const { document, reason } = outcome
  trace.dropped[reason] = (trace.dropped[reason] ?? 0) + 1
  if (trace.drops.length >= limit) return
  const { id, source } = document
  trace.drops.push({ id, source, reason, stats: deciding(operator, document), duplicate_of: null, text: before })
}

/** The text that an operator works on; '' where there is none. */
function textUnder(document: Document, main: string, key: string): string {
  if (key === main) return document.text
  const value = new Passage(document, main).field(key)
  return typeof value === 'string' ? value : ''
}
