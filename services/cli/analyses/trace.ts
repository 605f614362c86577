import type { Command } from 'commander'
import { createCodec } from '../../../schemas/codec.ts'
import type { Document } from '../../../schemas/document.ts'
import { classify, Failure } from '../../../topologies/failure.ts'
import type { Catalog, OperatorContext } from '../../../topologies/operator.ts'
import type { PlannedOperator, Topology } from '../../../topologies/topology.ts'
import { boundsOf } from '../../analysis/bounds.ts'
import { tracePage } from '../../analysis/page/trace-page.ts'
import type { Dropped, OperatorTrace, TraceReport } from '../../analysis/trace.ts'
import type { Broker } from '../../brokers/broker.ts'
import { inputLines } from '../input-lines.ts'
import { catalogWith } from '../modules.ts'
import { operatorContext } from '../operator-context.ts'
import { wholeNumber } from '../options.ts'
import { findPipeline, type NamedPipeline } from '../pipelines/find-pipeline.ts'
import { lastingBroker, requireTopic } from '../pipelines/lasting-broker.ts'
import { schemasInUse } from '../schemas-in-use.ts'
import { assetsPath } from '../settings.ts'
import { abortable, interruption } from '../terminal/interruption.ts'
import { counted } from '../terminal/numbers.ts'
import { print, printJson } from '../terminal/standard-output.ts'
import { operatorsOf, statsOf, wholeDataSet } from './filters.ts'
import { type Candidate, documentsOf, fileCandidates, topicCandidates } from './records.ts'
import { type Rejected, rejectedOn } from './rejections.ts'
import { writeText } from './text-file.ts'
import { traceText } from './trace-text.ts'
import { traced } from './tracing.ts'

interface TraceOptions {
  operator?: string
  limit: number
  sample: number
  input?: string[]
  assets?: string
  broker?: string
  html?: string
  json?: boolean
}

export function define(command: Command): void {
  command
    .argument('<pipeline>', 'recipe of a pipeline, or its name')
    .option('--operator <name>', 'only this one')
    .option('--limit <n>', 'show at most so many documents of each operator and kind', wholeNumber, 5)
    .option('--sample <n>', 'follow so many documents through the operators, the newest', wholeNumber, 1000)
    .option('--input <path...>', 'follow these files in memory and ask no broker: files, directories, globs, or -')
    .option('--html <path>', 'write a page that needs nothing but itself')
    .option('--assets <directory>', 'word lists and models (default: MILLRACE_ASSETS)')
    .option('--broker <where>', 'local, or HOST:PORT,… (default: MILLRACE_BROKERS, else local)')
    .option('--json', 'print one JSON object, with whole texts')
    .addHelpText('after', EXAMPLE)
    .action(trace)
}

const EXAMPLE = `
Shows what each operator dropped and by which statistics, from the rejected topic, and what duplicates duplicate. What mappers
changed is on no topic: documents of the raw topic, or files, are taken through the operators once more, in memory.

Example:
  millrace trace recipes/refine.yaml --operator clean_links_mapper
  millrace trace recipes/refine.yaml --input corpus/ --html trace.html`

async function trace(nameOrRecipe: string, options: TraceOptions): Promise<void> {
  const named = await findPipeline(nameOrRecipe)
  const plan = named.topology && (await planned(named.topology, options))
  const signal = interruption('Interrupted; nothing was written.')
  const report = options.input
    ? await ofFiles(options.input, requirePlan(plan, named), { named, options, signal })
    : await ofTopics(plan, { named, options, signal })
  requireFound(report, options.operator)
  if (options.html !== undefined) await writeText(options.html, tracePage(report))
  if (options.json) return await printJson(report)
  if (options.html === '-') return
  const colours = process.stdout.isTTY === true && !process.env.NO_COLOR
  await print(traceText(report, colours))
  if (options.html !== undefined) await print(`  page: ${options.html}\n`)
}

/** A recipe whose operators can be built here. */
interface Plan {
  topology: Topology
  catalog: Catalog
  context: OperatorContext
  operators: PlannedOperator[]
  /** Stats by the place of the operator that judges by them. */
  stats: Map<number, string[]>
}

interface Asked {
  named: NamedPipeline
  options: TraceOptions
  signal: AbortSignal
}

async function planned(topology: Topology, { assets }: TraceOptions): Promise<Plan> {
  const catalog = await catalogWith(topology.modules)
  const context = operatorContext(assetsPath(assets), topology.permissions)
  const operators = operatorsOf(topology)
  const stats = new Map(operators.map((operator) => [operator.index, statsIfBuilt(operator, catalog, context)]))
  return { topology, catalog, context, operators, stats }
}

/** What an operator lacks keeps nobody from seeing what it dropped. */
function statsIfBuilt(operator: PlannedOperator, catalog: Catalog, context: OperatorContext): string[] {
  try {
    return statsOf(operator, catalog, context)
  } catch {
    return []
  }
}

function requirePlan(plan: Plan | null, { pipeline }: NamedPipeline): Plan {
  if (plan) return plan
  throw new Failure('usage', `Only the name of ${pipeline} is known; to follow files, name its recipe.`)
}

async function ofFiles(input: string[], plan: Plan, { options, signal, named }: Asked): Promise<TraceReport> {
  const lines = abortable(await inputLines(input, { suffixes: [] }), signal)
  const { operators, left_out } = await follow(plan, first(fileCandidates(lines), options.sample), options)
  const from = `${input.join(', ')}, at most ${options.sample} documents`
  return {
    pipeline: named.pipeline,
    rejected_from: from,
    changes_from: from,
    operators: operators.filter(({ name }) => asked(name, options)),
    left_out,
  }
}

async function ofTopics(plan: Plan | null, { named, options, signal }: Asked): Promise<TraceReport> {
  const broker = await lastingBroker(options.broker)
  try {
    const { raw, rejected } = named.topics
    const onlyCounted = plan?.topology.rejected === 'count'
    await requireTopic(broker, named, onlyCounted ? raw : rejected)
    const drops = onlyCounted ? [] : await rejections(plan, { broker, topic: rejected, options, signal })
    const changes = plan ? await followTopic(plan, { broker, raw, options, signal }) : { operators: [], left_out: [] }
    return {
      pipeline: named.pipeline,
      rejected_from: onlyCounted
        ? `the documents that were followed, since the recipe only counts rejections (stream.rejected)`
        : `the topic ${rejected}`,
      changes_from: plan ? `the newest ${options.sample} documents of the topic ${raw}` : null,
      operators: joined(changes.operators, drops, plan).filter(({ name }) => asked(name, options)),
      left_out: changes.left_out,
    }
  } finally {
    await broker.close()
  }
}

async function rejections(
  plan: Plan | null,
  { broker, topic, options, signal }: { broker: Broker; topic: string; options: TraceOptions; signal: AbortSignal },
): Promise<Rejected[]> {
  return await rejectedOn({
    broker,
    topic,
    codec: createCodec(await schemasInUse()),
    limit: options.limit,
    wanted: ({ operator }) => asked(operator, options),
    deciding({ document, operator, operator_index: index }) {
      const known = plan?.operators.some((one) => one.index === index && one.name === operator)
      return deciding(known ? plan : null, index, document)
    },
    signal,
  })
}

/** Follows documents of a raw topic; an operator that lacks something keeps nobody from seeing what is on the rejected topic. */
async function followTopic(
  plan: Plan,
  { broker, raw, options, signal }: { broker: Broker; raw: string; options: TraceOptions; signal: AbortSignal },
): Promise<Pick<TraceReport, 'operators' | 'left_out'>> {
  try {
    const { operators, left_out: left } = await follow(
      plan,
      topicCandidates(broker, raw, { signal, last: options.sample }),
      options,
    )
    if (plan.topology.rejected === 'count') return { operators, left_out: left }
    // What they dropped of the sample stands on the rejected topic already.
    return { operators: operators.map((one) => ({ ...one, dropped: {}, drops: [] })), left_out: left }
  } catch (thrown) {
    const { code, message } = classify(thrown)
    if (!LACKING.has(code)) throw thrown
    const left = wholeDataSet(plan.topology, plan.catalog)
    return { operators: [], left_out: [...left, { name: 'changed texts', why: message }] }
  }
}

const LACKING = new Set(['asset_missing', 'asset_invalid', 'code_not_allowed', 'environment_missing', 'topic_missing'])

async function follow(
  plan: Plan,
  records: AsyncIterable<Candidate>,
  { limit }: TraceOptions,
): Promise<Pick<TraceReport, 'operators' | 'left_out'>> {
  const { topology, catalog, context, operators } = plan
  const unreadable: Record<string, number> = {}
  const found = await traced({
    operators,
    textKey: topology.textKey,
    catalog,
    context,
    documents: readable(documentsOf(records, topology), unreadable),
    limit,
    deciding: ({ index }, document) => deciding(plan, index, document),
    begin: (operator) => emptyTrace(operator, operator.parameters),
  })
  const broken = Object.entries(unreadable).map(([code, count]) => ({
    name: counted(count, 'document'),
    why: `not readable (${code})`,
  }))
  return { operators: found, left_out: [...wholeDataSet(topology, catalog), ...broken] }
}

/** The documents among these; the others are counted by code. */
async function* readable(
  documents: AsyncIterable<Document | Failure>,
  unreadable: Record<string, number>,
): AsyncGenerator<Document> {
  for await (const document of documents) {
    if (!(document instanceof Failure)) yield document
    else unreadable[document.code] = (unreadable[document.code] ?? 0) + 1
  }
}

function emptyTrace(
  { index, name }: { index: number; name: string },
  parameters: Record<string, unknown>,
): OperatorTrace {
  const bounds = boundsOf(parameters)
  const bounded = bounds.minimum !== null || bounds.maximum !== null
  return { index, name, bounds: bounded ? bounds : null, dropped: {}, tried: null, drops: [], changes: [] }
}

/** The stats by which an operator judges; all of the document's where they are not known. */
function deciding(plan: Plan | null, index: number, { stats }: Document): Dropped['stats'] {
  const names = plan?.stats.get(index) ?? []
  const own = Object.entries(stats).filter(([name]) => names.includes(name))
  return own.length > 0 ? Object.fromEntries(own) : { ...stats }
}

/** What was dropped and what was changed, by operator, in the order of the recipe. */
function joined(changes: OperatorTrace[], drops: Rejected[], plan: Plan | null): OperatorTrace[] {
  const traces = new Map(changes.map((one) => [`${one.index} ${one.name}`, one]))
  for (const { operator: name, index, dropped, drops: shown } of drops) {
    const key = `${index} ${name}`
    const known = plan?.operators.find((one) => one.index === index && one.name === name)
    traces.set(key, {
      ...(traces.get(key) ?? emptyTrace({ index, name }, known?.parameters ?? {})),
      dropped,
      drops: shown,
    })
  }
  return [...traces.values()].sort((a, b) => (a.index ?? 0) - (b.index ?? 0))
}

function asked(name: string, { operator }: TraceOptions): boolean {
  return operator === undefined || operator === name
}

/** Rejects with `operator_unknown` when an operator was asked for that neither the recipe nor the topic has. */
function requireFound({ operators, left_out: left, pipeline }: TraceReport, operator: string | undefined): void {
  if (operator === undefined || operators.length > 0 || left.some(({ name }) => name === operator)) return
  throw new Failure(
    'operator_unknown',
    `${pipeline} has no operator ${operator}, and none of that name dropped anything.`,
  )
}

async function* first(records: AsyncIterable<Candidate>, most: number): AsyncGenerator<Candidate> {
  let count = 0
  for await (const candidate of records) {
    yield candidate
    if (++count >= most) return
  }
}
