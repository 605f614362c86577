import type { Document } from '../../../schemas/document.ts'
import type { OperatorTally } from '../../../schemas/ledger.ts'
import { withAssets } from '../../../topologies/assets.ts'
import { Failure } from '../../../topologies/failure.ts'
import type { BatchMapper, Catalog, Change, OperatorContext } from '../../../topologies/operator.ts'
import type { PlannedOperator } from '../../../topologies/topology.ts'
import type { ChainPlan, Outcome } from './chain.ts'
import { Passage } from './passage.ts'
import { become, buildStep, definitionOf, judged, observe, type Step, type StepVerdict } from './step.ts'

/** A chain with operators that wait for a process, a network or a device: it takes the documents of a batch together. */
export interface WaitingChain {
  /** Settles when every operator can work; rejects with what one of them lacks. */
  ready(): Promise<void>
  /** The fates of each document, in order, as Chain gives them for one. */
  pass(documents: Document[], tallies: OperatorTally[]): Promise<Outcome[][]>
  close(): Promise<void>
}

/** Whether one of these operators waits, so that the chain must be a WaitingChain. */
export function waits(operators: readonly PlannedOperator[], catalog: Catalog): boolean {
  return operators.some(({ name }) => catalog.get(name)?.on === 'batch')
}

/** Builds a chain of any operators. Throws Failure for parameters and assets that are wrong. */
export function buildWaitingChain(plan: ChainPlan, catalog: Catalog, context: OperatorContext): WaitingChain {
  const steps = plan.operators.map((operator) => anyStep(operator, catalog, context))
  const mappers = steps.flatMap((step) => ('mapper' in step ? [step.mapper] : []))
  return {
    ready: async () => {
      await Promise.all(mappers.map((mapper) => mapper.ready()))
    },
    pass: async (documents, tallies) => {
      const roots = documents.map((document) => branchOf(new Passage(document, plan.textKey)))
      let live = roots
      for (const [at, step] of steps.entries()) {
        const tally = tallies[at]
        if (tally) live = await advance(live, step, tally)
      }
      return roots.map(outcomesOf)
    },
    close: async () => {
      await Promise.all(mappers.map((mapper) => mapper.close()))
    },
  }
}

interface WaitingStep {
  operator: PlannedOperator
  mapper: BatchMapper
}

function anyStep(operator: PlannedOperator, catalog: Catalog, context: OperatorContext): Step | WaitingStep {
  const definition = definitionOf(operator, catalog)
  if (definition.on !== 'batch') return buildStep(operator, catalog, context)
  return { operator, mapper: definition.create(withAssets(operator.parameters, context.assets), context) }
}

/** A document on its way, or a part of one: where it ended, or the parts that go on in its place. */
interface Branch {
  passage: Passage
  end: Outcome | null
  parts: Branch[]
}

function branchOf(passage: Passage): Branch {
  return { passage, end: null, parts: [] }
}

/** Takes all that are still on their way through one step; gives those that are it behind it. */
async function advance(live: Branch[], step: Step | WaitingStep, tally: OperatorTally): Promise<Branch[]> {
  const passages = live.map(({ passage }) => passage)
  const verdicts =
    'mapper' in step
      ? await observeTogether(step, passages, tally)
      : passages.map((passage) => observe(step, passage, tally))
  return live.flatMap((branch, i) => branchesBehind(branch, verdicts[i] ?? null, step.operator))
}

async function observeTogether(
  { operator, mapper }: WaitingStep,
  passages: Passage[],
  tally: OperatorTally,
): Promise<StepVerdict[]> {
  if (passages.length === 0) return []
  const start = performance.now()
  const subjects = passages.map((passage) => passage.subject(operator.textKey))
  const results = await mapper.map(subjects).catch((thrown: unknown) => passages.map(() => thrown))
  const verdicts = passages.map((passage, i) =>
    judged(operator, passage, { tally, apply: () => become(passage, changesOf(results[i]), operator.textKey) }),
  )
  tally.seconds += (performance.now() - start) / 1000
  return verdicts
}

function changesOf(result: unknown): Change[] {
  if (Array.isArray(result)) return result
  throw result ?? new Failure('operator_failed', 'The operator gave no result for this document.')
}

function branchesBehind(branch: Branch, verdict: StepVerdict, operator: PlannedOperator): Branch[] {
  if (verdict === null) return [branch]
  if (Array.isArray(verdict)) {
    branch.parts = verdict.map(branchOf)
    return branch.parts
  }
  const { document } = branch.passage
  branch.end =
    typeof verdict === 'string'
      ? { kind: 'rejected', document, operator, reason: verdict }
      : { kind: 'failed', document, operator, failure: verdict }
  return []
}

function outcomesOf(branch: Branch): Outcome[] {
  if (branch.parts.length > 0) return branch.parts.flatMap(outcomesOf)
  return [branch.end ?? { kind: 'kept', document: branch.passage.document }]
}
