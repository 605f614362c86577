import { setTimeout as sleep } from 'node:timers/promises'
import type { Document } from '../../../schemas/document.ts'
import type { OperatorTally } from '../../../schemas/ledger.ts'
import { withAssets } from '../../../topologies/assets.ts'
import { classify, Failure } from '../../../topologies/failure.ts'
import type {
  BatchFilter,
  BatchMapper,
  Catalog,
  Change,
  OperatorContext,
  Subject,
} from '../../../topologies/operator.ts'
import { TOLERANCE } from '../../../topologies/tolerance.ts'
import type { PlannedOperator } from '../../../topologies/topology.ts'
import { probeStep } from '../dataset/probe-step.ts'
import { type ChainPlan, type Course, type Outcome, rejected, sparing, UNWATCHED, type Watch } from './chain.ts'
import { Passage } from './passage.ts'
import {
  become,
  breakerOf,
  buildStep,
  definitionOf,
  type Judged,
  judged,
  observe,
  outOfOrder,
  type Step,
  type StepVerdict,
} from './step.ts'

/** A chain with operators that wait for a process, a network or a device: it takes the documents of a batch together. */
export interface WaitingChain {
  /** Settles when every operator can work; rejects with what one of them lacks. */
  ready(): Promise<void>
  /** The fates of each document, in order, as Chain gives them for one. */
  pass(documents: Document[], tallies: OperatorTally[], options?: PassOptions): Promise<Outcome[][]>
  close(): Promise<void>
}

export interface PassOptions {
  /** By document. What is condemned is so for all of them. */
  courses?: Course[]
  watch?: Watch
}

/** Whether one of these operators waits, so that the chain must be a WaitingChain. */
export function waits(operators: readonly PlannedOperator[], catalog: Catalog): boolean {
  return operators.some(({ name }) => catalog.get(name)?.on === 'batch')
}

/** Builds a chain of any operators. Throws Failure for parameters and assets that are wrong. */
export function buildWaitingChain(plan: ChainPlan, catalog: Catalog, context: OperatorContext): WaitingChain {
  const steps = plan.operators.map((operator) => anyStep(operator, catalog, context))
  if (plan.probes) steps.push(probeStep(plan.probes, catalog, context))
  const waiting = steps.flatMap((step) => ('ask' in step ? [step] : []))
  return {
    ready: async () => {
      await Promise.all(waiting.map((step) => step.ready()))
    },
    pass: async (documents, tallies, { courses = [], watch = UNWATCHED } = {}) => {
      const roots = documents.map((document, i) => branchOf(new Passage(document, plan.textKey), i))
      for (const { passage, root } of roots) passage.verdict = courses[root]?.verdict ?? null
      const [{ condemned } = {}] = courses
      let live = roots
      for (const [at, step] of sparing<Step | WaitingStep>(steps, condemned).entries()) {
        const tally = tallies[at]
        const [begun, later] = partition(live, ({ root }) => (courses[root]?.from ?? 0) <= at)
        if (tally) live = [...later, ...(await advance(begun, { step, tally, at, watch }))]
      }
      return roots.map(outcomesOf)
    },
    close: async () => {
      await Promise.all(waiting.map((step) => step.close()))
    },
  }
}

/** An operator that waits: it is asked for all documents of a batch, and then takes its answer to each of them. */
interface WaitingStep extends Judged {
  ready(): Promise<void>
  close(): Promise<void>
  /** One answer per document, in order. */
  ask(subjects: Subject[]): Promise<unknown[]>
  /** Whether there is anything to ask of the document. */
  asksOf(passage: Passage): boolean
  take(passage: Passage, answer: unknown): ReturnType<Step['apply']>
}

function anyStep(operator: PlannedOperator, catalog: Catalog, context: OperatorContext): Step | WaitingStep {
  const definition = definitionOf(operator, catalog)
  if (definition.on !== 'batch') return buildStep(operator, catalog, context)
  const parameters = withAssets(operator.parameters, context.assets)
  const step = { operator, breaker: breakerOf(operator) }
  if (definition.kind === 'mapper') return { ...step, ...mapping(definition.create(parameters, context), operator) }
  return { ...step, ...measuring(definition.create(parameters, context), operator) }
}

type Waiting = Omit<WaitingStep, keyof Judged>

function mapping(mapper: BatchMapper, { textKey }: PlannedOperator): Waiting {
  return {
    ready: () => mapper.ready(),
    close: () => mapper.close(),
    ask: (subjects) => mapper.map(subjects),
    asksOf: () => true,
    take: (passage, answer) => become(passage, changesOf(answer), textKey),
  }
}

/** Stats that a document brings along are trusted, as Data-Juicer does. */
function measuring(filter: BatchFilter, { textKey }: PlannedOperator): Waiting {
  return {
    ready: () => filter.ready(),
    close: () => filter.close(),
    ask: (subjects) => filter.measure(subjects),
    asksOf: ({ document }) => !filter.stats.every((key) => key in document.stats),
    take(passage, answer) {
      const { stats } = passage.document
      if (answer instanceof Error) throw answer
      if (answer !== KNOWN) Object.assign(stats, answer ?? raise(NO_RESULT))
      return filter.judge(stats, passage.subject(textKey))
    },
  }
}

/** The answer of a document of which nothing was asked. */
const KNOWN = Symbol('known')
const NO_RESULT = 'The operator gave no result for this document.'

function raise(sentence: string): never {
  throw new Failure('operator_failed', sentence)
}

/** A document on its way, or a part of one: where it ended, or the parts that go on in its place. */
interface Branch {
  passage: Passage
  /** Place of the whole document in the batch. */
  root: number
  end: Outcome | null
  parts: Branch[]
}

function branchOf(passage: Passage, root: number): Branch {
  return { passage, root, end: null, parts: [] }
}

function partition<T>(all: T[], belongs: (one: T) => boolean): [T[], T[]] {
  return [all.filter(belongs), all.filter((one) => !belongs(one))]
}

interface Advance {
  step: Step | WaitingStep
  tally: OperatorTally
  at: number
  watch: Watch
}

/** Takes all that are still on their way through one step; gives those that are it behind it. */
async function advance(live: Branch[], { step, tally, at, watch }: Advance): Promise<Branch[]> {
  const observeOne = (one: Step, { passage, root }: Branch) => {
    watch.document(root)
    watch.operator(at)
    return observe(one, passage, tally)
  }
  const passages = live.map(({ passage }) => passage)
  const verdicts =
    'ask' in step ? await observeTogether(step, passages, tally) : live.map((branch) => observeOne(step, branch))
  watch.leave()
  return live.flatMap((branch, i) => branchesBehind(branch, verdicts[i] ?? null, step.operator))
}

async function observeTogether(step: WaitingStep, passages: Passage[], tally: OperatorTally): Promise<StepVerdict[]> {
  if (passages.length === 0) return []
  const start = performance.now()
  const { operator, breaker } = step
  const alone = breaker !== null && !breaker.permits(start)
  const answers = alone ? passages.map(() => outOfOrder(operator)) : await answersOf(step, passages)
  const verdicts = passages.map((passage, i) =>
    judged(step, passage, { tally, apply: () => step.take(passage, answers[i]) }),
  )
  tally.seconds += (performance.now() - start) / 1000
  return verdicts
}

async function answersOf(step: WaitingStep, passages: Passage[]): Promise<unknown[]> {
  const asked = passages.filter((passage) => step.asksOf(passage))
  if (asked.length === 0) return passages.map(() => KNOWN)
  const subjects = asked.map((passage) => passage.subject(step.operator.textKey))
  const answers = new Map((await patiently(step, subjects)).map((answer, i) => [asked[i], answer]))
  return passages.map((passage) => (answers.has(passage) ? answers.get(passage) : KNOWN))
}

/** Asks for the documents, and again for those on which the operator failed for the moment, with growing pauses. */
async function patiently({ operator, ask }: WaitingStep, subjects: Subject[]): Promise<unknown[]> {
  const { attempts, wait, longest } = (operator.tolerance ?? TOLERANCE).retry
  const results: unknown[] = await askOnce(ask, subjects)
  for (let attempt = 1; attempt < attempts; attempt++) {
    const again = results.flatMap((result, i) => (result instanceof Failure && result.retryable ? [i] : []))
    if (again.length === 0) break
    // Half of the pause is left to chance, so that replicas do not knock together.
    await sleep(Math.min(wait * 2 ** (attempt - 1), longest) * (0.5 + Math.random() / 2))
    const retried = await askOnce(
      ask,
      again.flatMap((i) => subjects[i] ?? []),
    )
    for (const [at, i] of again.entries()) results[i] = retried[at]
  }
  return results
}

/** A batch that fails as a whole is the failure of each of its documents. */
async function askOnce(ask: WaitingStep['ask'], subjects: Subject[]): Promise<unknown[]> {
  try {
    return await ask(subjects)
  } catch (thrown) {
    const failure = classify(thrown)
    return subjects.map(() => failure)
  }
}

function changesOf(result: unknown): Change[] {
  if (Array.isArray(result)) return result
  throw result ?? new Failure('operator_failed', NO_RESULT)
}

function branchesBehind(branch: Branch, verdict: StepVerdict, operator: PlannedOperator): Branch[] {
  if (verdict === null) return [branch]
  if (Array.isArray(verdict)) {
    branch.parts = verdict.map((part) => branchOf(part, branch.root))
    return branch.parts
  }
  const { passage } = branch
  branch.end =
    typeof verdict === 'string'
      ? rejected(passage, operator, verdict)
      : { kind: 'failed', document: passage.document, operator, failure: verdict }
  return []
}

function outcomesOf(branch: Branch): Outcome[] {
  if (branch.parts.length > 0) return branch.parts.flatMap(outcomesOf)
  const { document, probe } = branch.passage
  return [branch.end ?? { kind: 'kept', document, probe }]
}
