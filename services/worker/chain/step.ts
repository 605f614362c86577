import type { Stats } from '../../../schemas/document.ts'
import type { OperatorTally } from '../../../schemas/ledger.ts'
import { withAssets } from '../../../topologies/assets.ts'
import { classify, Failure } from '../../../topologies/failure.ts'
import {
  type BatchFilterDefinition,
  type BatchMapperDefinition,
  type Catalog,
  type Change,
  isOfDataset,
  NOTHING_LEFT,
  type OperatorContext,
  type OperatorDefinition,
  type RecordOperatorDefinition,
} from '../../../topologies/operator.ts'
import { Text } from '../../../topologies/text.ts'
import type { OnFailure, PlannedOperator } from '../../../topologies/topology.ts'
import { gateStep } from '../dataset/gate-step.ts'
import { Breaker } from './breaker.ts'
import type { Passage } from './passage.ts'

/** What a step says of a document: go on (null), a reason to drop it, a failure, or the parts that go on in its place. */
export type StepVerdict = null | string | Failure | Passage[]

/** An operator of a chain, and whether it is in order; without a breaker it always is. */
export interface Judged {
  operator: PlannedOperator
  breaker: Breaker | null
  /** Documents that pass are counted further on, where the operator judges them. */
  handsOn?: boolean
}

/** One operator of a chain, ready to run. */
export interface Step extends Judged {
  apply(passage: Passage): null | string | Passage[]
}

/** The definition that a plan means. Throws Failure `operator_unknown`. */
export function definitionOf({ name }: PlannedOperator, catalog: Catalog): OperatorDefinition {
  const definition = catalog.get(name)
  if (!definition) throw new Failure('operator_unknown', `There is no operator ${name}.`)
  return definition
}

/** Builds an operator with its parameters. Throws Failure for an unknown one, for one that waits, and for assets that are missing. */
export function buildStep(operator: PlannedOperator, catalog: Catalog, context: OperatorContext): Step {
  const definition = definitionOf(operator, catalog)
  if (definition.on === 'batch') {
    throw new Failure('unknown', `${operator.name} waits for others, so it cannot run in a chain that does not.`)
  }
  if (isOfDataset(definition)) return { operator, breaker: null, apply: gateStep(definition, operator, context) }
  return { operator, breaker: breakerOf(operator), apply: applyOf(definition, operator, context) }
}

/** The step of an operator that is known to fail on a document. It says nothing of whether the operator is in order. */
export function failing({ operator }: Judged, failure: Failure): Step {
  return {
    operator,
    breaker: null,
    apply: () => {
      throw failure
    },
  }
}

export function breakerOf({ tolerance }: PlannedOperator): Breaker | null {
  return tolerance?.onOutage ? new Breaker(tolerance.breaker) : null
}

/** Every operator that looks at one document at a time, but those that wait. */
type Immediate = Exclude<RecordOperatorDefinition, BatchMapperDefinition | BatchFilterDefinition>

function applyOf(definition: Immediate, operator: PlannedOperator, context: OperatorContext): Step['apply'] {
  const { textKey } = operator
  const parameters = withAssets(operator.parameters, context.assets)
  if (definition.kind === 'mapper') {
    if (definition.on === 'text') return mapText(definition.create(parameters, context), textKey)
    const map = definition.create(parameters, context)
    return (passage) => become(passage, map(passage.subject(textKey)), textKey)
  }
  if (definition.on === 'text') {
    const filter = definition.create(parameters, context)
    return (passage) => filter.judge(measured(passage, filter.stats, () => filter.measure(passage.text(textKey))))
  }
  const filter = definition.create(parameters, context)
  return (passage) => {
    const subject = passage.subject(textKey)
    return filter.judge(
      measured(passage, filter.stats, () => filter.measure(subject)),
      subject,
    )
  }
}

function mapText(map: (text: Text) => string, textKey: string): Step['apply'] {
  return (passage) => {
    const text = passage.text(textKey)
    const made = map(text)
    if (made !== text.value) passage.replace(textKey, new Text(made))
    return null
  }
}

/** One change makes the document another; several make parts of it, each with all that the document had. */
export function become(passage: Passage, changes: Change[], textKey: string): ReturnType<Step['apply']> {
  const [only] = changes
  if (!only) return NOTHING_LEFT
  if (changes.length === 1) {
    passage.change(textKey, only)
    return null
  }
  return changes.map((change, i) => {
    const part = passage.part(i + 1)
    part.change(textKey, change)
    return part
  })
}

/** Measures what is not there yet: stats that a document brings along are trusted, as Data-Juicer does. */
function measured({ document }: Passage, keys: string[], measure: () => Stats): Stats {
  if (!keys.every((key) => key in document.stats)) Object.assign(document.stats, measure())
  return document.stats
}

/** Runs one step with its clock and counters; operators know nothing of either. */
export function observe(step: Step, passage: Passage, tally: OperatorTally): StepVerdict {
  const start = performance.now()
  const verdict = judged(step, passage, { tally, apply: () => step.apply(passage) })
  tally.seconds += (performance.now() - start) / 1000
  return verdict
}

interface Judging {
  tally: OperatorTally
  apply(): null | string | Passage[]
}

/** Counts what an operator says of a document, or what the recipe says when it fails or is out of order. */
export function judged(step: Judged, passage: Passage, { tally, apply }: Judging): StepVerdict {
  const { operator, breaker } = step
  tally.in++
  if (breaker && !breaker.permits(performance.now())) return inOutage(step, outOfOrder(operator), { passage, tally })
  try {
    const verdict = apply()
    breaker?.succeeded()
    if (step.handsOn) {
      tally.in--
      return verdict
    }
    if (typeof verdict === 'string') tally.dropped[verdict] = (tally.dropped[verdict] ?? 0) + 1
    else tally.kept++
    return verdict
  } catch (thrown) {
    const failure = operatorFailure(thrown, operator)
    if (breaker?.failed(failure, performance.now())) return inOutage(step, failure, { passage, tally })
    return afterFailure(operator.onFailure, failure, { passage, tally })
  }
}

interface Counted {
  passage: Passage
  tally: OperatorTally
}

/** The recipe's policy for a document that meets an operator out of order. */
function inOutage({ operator }: Judged, failure: Failure, counted: Counted): StepVerdict {
  const policy = operator.tolerance?.onOutage
  if (policy === 'pause') {
    throw new Failure(
      'operator_unavailable',
      `${operator.name} (process[${operator.index}]) is out of order, and the recipe says pause: ${failure.message}`,
      { cause: failure },
    )
  }
  return afterFailure(policy ?? operator.onFailure, failure, counted)
}

/** What a document is told that meets an operator while it is left alone. */
export function outOfOrder({ name }: PlannedOperator): Failure {
  return new Failure('operator_unavailable', `${name} failed too often and is left alone for a while.`)
}

/** The recipe's policy for a failing document. */
function afterFailure(policy: OnFailure, failure: Failure, { passage, tally }: Counted): string | Failure | null {
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
