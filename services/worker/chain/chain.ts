import type { Original, Verdict } from '../../../schemas/dataset.ts'
import type { Document } from '../../../schemas/document.ts'
import type { OperatorTally } from '../../../schemas/ledger.ts'
import type { Failure } from '../../../topologies/failure.ts'
import type { Catalog, OperatorContext } from '../../../topologies/operator.ts'
import type { PlannedOperator } from '../../../topologies/topology.ts'
import { probeStep } from '../dataset/probe-step.ts'
import { Passage, type Probe } from './passage.ts'
import { buildStep, failing, type Judged, observe, type Step } from './step.ts'

/** What became of a document, or of a part of one, at the end of a chain. */
export type Outcome =
  | { kind: 'kept'; document: Document; probe: Probe | null }
  | { kind: 'rejected'; document: Document; operator: PlannedOperator; reason: string; original: Original | null }
  | { kind: 'failed'; document: Document; operator: PlannedOperator; failure: Failure }

/**
 * A document goes in, its fate comes out, or the fates of the parts that it was split into; never none. The tallies, one per
 * operator in order, are counted up on the way.
 */
export type Chain = (document: Document, tallies: OperatorTally[], course?: Course) => Outcome[]

/** How a document is taken otherwise than through all operators. */
export interface Course {
  /** The place of the first operator to run; those before it have run. */
  from?: number
  /** The operator at this place would take down the thread: it is not run, and this is its failure. */
  condemned?: { place: number; failure: Failure }
  /** What the whole data set has brought to light about it. */
  verdict?: Verdict
}

/** Is told where a chain stands, so that it is known on which document it hangs or dies. */
export interface Watch {
  document(index: number): void
  operator(place: number): void
  /** The chain waits, or is done. */
  leave(): void
}

export const UNWATCHED: Watch = { document: () => undefined, operator: () => undefined, leave: () => undefined }

/** What a chain is made of: operators in order, and the key under which a document's main text lies. */
export interface ChainPlan {
  operators: PlannedOperator[]
  /** The operator of the whole data set that comes next, for which documents leave probes. */
  probes?: PlannedOperator | undefined
  textKey: string
}

/** Builds a stage's operators and composes them into one function. Throws Failure for parameters and assets that are wrong. */
export function buildChain(
  plan: ChainPlan,
  catalog: Catalog,
  context: OperatorContext,
  watch: Watch = UNWATCHED,
): Chain {
  const steps = plan.operators.map((operator) => buildStep(operator, catalog, context))
  if (plan.probes) steps.push(probeStep(plan.probes, catalog, context))
  return (document, tallies, { from = 0, condemned, verdict = null } = {}) => {
    const outcomes: Outcome[] = []
    const passage = new Passage(document, plan.textKey)
    passage.verdict = verdict
    follow(passage, from, { steps: sparing(steps, condemned), tallies, outcomes, watch })
    return outcomes
  }
}

/** The steps, of which one may be known to fail and is not run. */
export function sparing<S extends Judged>(steps: S[], condemned: Course['condemned']): (S | Step)[] {
  if (!condemned) return steps
  return steps.map((step, i) => (i === condemned.place ? failing(step, condemned.failure) : step))
}

interface Walk {
  steps: Step[]
  tallies: OperatorTally[]
  outcomes: Outcome[]
  watch: Watch
}

/** Takes a document through the steps from this one on. */
function follow(passage: Passage, from: number, walk: Walk): void {
  const { steps, tallies, outcomes, watch } = walk
  for (let i = from; i < steps.length; i++) {
    const step = steps[i]
    const tally = tallies[i]
    if (!step || !tally) continue
    watch.operator(i)
    const verdict = observe(step, passage, tally)
    if (verdict === null) continue
    const { operator } = step
    const { document } = passage
    if (Array.isArray(verdict)) for (const part of verdict) follow(part, i + 1, walk)
    else if (typeof verdict === 'string') outcomes.push(rejected(passage, operator, verdict))
    else outcomes.push({ kind: 'failed', document, operator, failure: verdict })
    return
  }
  outcomes.push({ kind: 'kept', document: passage.document, probe: passage.probe })
}

/** What a gate drops has an original. */
export function rejected({ document, verdict }: Passage, operator: PlannedOperator, reason: string): Outcome {
  return {
    kind: 'rejected',
    document,
    operator,
    reason,
    original: verdict?.reason === reason ? verdict.original : null,
  }
}
