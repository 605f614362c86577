import type { Document } from '../../../schemas/document.ts'
import type { OperatorTally } from '../../../schemas/ledger.ts'
import { withAssets } from '../../../topologies/assets.ts'
import { classify, Failure } from '../../../topologies/failure.ts'
import type { Catalog, Filter, OperatorContext } from '../../../topologies/operator.ts'
import { Text } from '../../../topologies/text.ts'
import type { OnFailure, PlannedOperator } from '../../../topologies/topology.ts'
import { Passage } from './passage.ts'

/** What became of a document at the end of a chain. */
export type Outcome =
  | { kind: 'kept'; documents: Document[] }
  | { kind: 'rejected'; document: Document; operator: PlannedOperator; reason: string }
  | { kind: 'failed'; document: Document; operator: PlannedOperator; failure: Failure }

/** One operator of a chain, ready to run. Gives the reason to drop the document, or null to go on. */
interface Step {
  operator: PlannedOperator
  apply(passage: Passage): string | null
}

/** A document goes in, its fate comes out; the tallies, one per operator in order, are counted up on the way. */
export type Chain = (document: Document, tallies: OperatorTally[]) => Outcome

/** What a chain is made of: operators in order, and the key under which a document's main text lies. */
export interface ChainPlan {
  operators: PlannedOperator[]
  textKey: string
}

/** Builds a stage's operators and composes them into one function. Throws Failure for parameters and assets that are wrong. */
export function buildChain(plan: ChainPlan, catalog: Catalog, context: OperatorContext): Chain {
  const steps = plan.operators.map((operator) => buildStep(operator, catalog, context))
  return (document, tallies) => {
    const passage = new Passage(document, plan.textKey)
    for (let i = 0; i < steps.length; i++) {
      const step = steps[i]
      const tally = tallies[i]
      if (!step || !tally) continue
      const verdict = observe(step, passage, tally)
      if (verdict === null) continue
      if (typeof verdict === 'string')
        return { kind: 'rejected', document: passage.document, operator: step.operator, reason: verdict }
      return { kind: 'failed', document: passage.document, operator: step.operator, failure: verdict }
    }
    return { kind: 'kept', documents: [passage.document] }
  }
}

function buildStep(operator: PlannedOperator, catalog: Catalog, context: OperatorContext): Step {
  const definition = catalog.get(operator.name)
  if (!definition) throw new Failure('operator_unknown', `There is no operator ${operator.name}.`)
  const parameters = withAssets(operator.parameters, context.assets)
  if (definition.kind === 'filter') {
    const filter = definition.create(parameters, context)
    return { operator, apply: (passage) => judge(filter, passage, operator.textKey) }
  }
  const map = definition.create(parameters, context)
  return {
    operator,
    apply(passage) {
      const text = passage.text(operator.textKey)
      const mapped = map(text)
      if (mapped !== text.value) passage.replace(operator.textKey, new Text(mapped))
      return null
    },
  }
}

/** Measures what is not there yet: stats that a document brings along are trusted, as Data-Juicer does. */
function judge(filter: Filter, passage: Passage, textKey: string): string | null {
  const stats = passage.document.stats
  if (!filter.stats.every((key) => key in stats)) Object.assign(stats, filter.measure(passage.text(textKey)))
  return filter.judge(stats)
}

/** Runs one step with its clock and counters; operators know nothing of either. */
function observe(step: Step, passage: Passage, tally: OperatorTally): string | Failure | null {
  const start = performance.now()
  tally.in++
  try {
    const reason = step.apply(passage)
    if (reason === null) tally.kept++
    else tally.dropped[reason] = (tally.dropped[reason] ?? 0) + 1
    return reason
  } catch (thrown) {
    return afterFailure(step.operator.onFailure, operatorFailure(thrown, step.operator), passage, tally)
  } finally {
    tally.seconds += (performance.now() - start) / 1000
  }
}

/** The recipe's policy for a failing document. */
function afterFailure(
  policy: OnFailure,
  failure: Failure,
  passage: Passage,
  tally: OperatorTally,
): string | Failure | null {
  if (policy === 'stop') throw stopped(failure, passage, tally)
  if (policy === 'drop') {
    tally.dropped.failed = (tally.dropped.failed ?? 0) + 1
    return 'failed'
  }
  if (policy === 'pass_through') {
    tally.skipped++
    passage.skip(tally.name)
    return null
  }
  tally.failed++
  return failure
}

function operatorFailure(thrown: unknown, operator: PlannedOperator): Failure {
  const failure = classify(thrown)
  if (failure.code !== 'unknown') return failure
  return new Failure('operator_failed', `${operator.name}: ${failure.message}`, { cause: thrown })
}

function stopped(failure: Failure, { document }: Passage, { name, index }: OperatorTally): Failure {
  return new Failure(
    'stopped_by_recipe',
    `${name} (process[${index}]) failed on the document of ${document.source}, and the recipe says stop: ${failure.message} Mend the document or set on_failure to dead_letter.`,
    { cause: failure },
  )
}
