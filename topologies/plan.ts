import { channelsOf } from './channels.ts'
import { fingerprint } from './fingerprint.ts'
import { lastingTopics, topicNameFault } from './names.ts'
import { nearestHint } from './nearest.ts'
import type { Catalog } from './operator.ts'
import type { Problem } from './recipe/problem.ts'
import type { Recipe } from './recipe/recipe.ts'
import { DEFAULT_PARTITIONS } from './recipe/stream.ts'
import { cut, stagesOf } from './stages.ts'
import type { Channel, Module, Topology } from './topology.ts'

/** What the command line may say over the recipe's head. Only `continuous` changes a result. */
export interface PlanOptions {
  /** The recipe's own operators: a changed one makes another recipe. */
  modules?: Module[]
  isolate?: boolean
  /** Processes of every stage. */
  replicas?: number
  partitions?: number
  /** Shards of the recipe's indexes, when they exist already. */
  shards?: number | undefined
  /** The input has no end: what needs one is refused, and of duplicates the first to arrive stays. */
  continuous?: boolean
}

export type PlanResult = { topology: Topology } | { problems: Problem[] }

/**
 * Compiles a recipe to a topology. Neighbours of one resource class that look at one document at a time share a stage; a new
 * stage begins where the resource class changes, around an operator that needs the end of the input, and where the recipe
 * says so. Reads traits, never names.
 */
export function plan(recipe: Recipe, catalog: Catalog, options: PlanOptions = {}): PlanResult {
  const problems = [...unknownOperators(recipe, catalog), ...endless(recipe, catalog, options)]
  if (problems.length > 0) return { problems }
  const runs = cut(recipe, catalog, options.isolate ?? recipe.stream.isolate)
  const replicas = replicasOf(recipe, catalog, options)
  if ('problems' in replicas) return replicas
  const most = Math.max(...runs.map((run) => replicas.of(run.name)))
  const asked = options.partitions ?? recipe.stream.partitions
  const partitions = asked ?? Math.max(DEFAULT_PARTITIONS, most)
  const topics = topicsOf(recipe)
  const frame = {
    topics,
    partitions,
    shards: options.shards,
    continuous: options.continuous ?? false,
    replicas: replicas.of,
    catalog,
  }
  const stages = stagesOf(runs, recipe, frame)
  const channels = channelsOf(topics, stages, { partitions, retention: recipe.stream.retention })
  const faults = [...countFaults(partitions, most, recipe), ...topicFaults(channels, recipe)]
  if (faults.length > 0) return { problems: faults }
  return { topology: { ...frameOf(recipe, options.modules ?? []), topics, channels, stages } }
}

function topicsOf(recipe: Recipe): Topology['topics'] {
  const names = lastingTopics(recipe.pipeline)
  const { raw, refined, rejected, dead_letters, ledger } = recipe.stream.topics
  return {
    raw: raw ?? names.raw,
    refined: refined ?? names.refined,
    rejected: rejected ?? names.rejected,
    deadLetters: dead_letters ?? names.deadLetters,
    ledger: ledger ?? names.ledger,
  }
}

function frameOf(recipe: Recipe, modules: Module[]): Omit<Topology, 'topics' | 'channels' | 'stages'> {
  const { stream, textKey } = recipe
  const operators = recipe.operators.map(({ name, parameters }) => ({ name, parameters }))
  return {
    pipeline: recipe.pipeline,
    recipe: fingerprint({
      textKey,
      operators,
      ...(modules.length > 0 ? { modules: modules.map(({ name, sha256 }) => ({ name, sha256 })) } : {}),
    }),
    modules,
    textKey,
    delivery: stream.delivery,
    compression: stream.compression,
    transactionBytes: stream.transaction_bytes,
    maxDocumentBytes: stream.max_document_bytes,
    threadMemory: stream.thread_memory ?? null,
    maxDepth: stream.max_depth,
    permissions: {
      files: stream.allow_files,
      code: stream.allow_code,
      downloads: stream.allow_downloads,
      endpoints: stream.allow_endpoints,
    },
    rejected: stream.rejected,
  }
}

function unknownOperators(recipe: Recipe, catalog: Catalog): Problem[] {
  const unknown = recipe.operators.filter(({ name }) => !catalog.has(name))
  return unknown.map(({ name, index, place }) => {
    const found = {
      path: `process[${index}]`,
      message: `there is no operator ${name}`,
      ...nearestHint(name, catalog.keys()),
    }
    return { file: recipe.file, ...place, ...found }
  })
}

/** Operators that cannot work where the input has no end. */
function endless(recipe: Recipe, catalog: Catalog, { continuous }: PlanOptions): Problem[] {
  return recipe.operators.flatMap(({ name, index, place }) => {
    const kind = catalog.get(name)?.kind
    const at = { file: recipe.file, ...place, path: `process[${index}]` }
    if (kind !== 'selector' || !continuous) return []
    return [
      { ...at, message: `${name} chooses from a whole data set, and this input has no end: use \`millrace run\`` },
    ]
  })
}

/** Replicas by stage. A name that is no stage of this recipe, fused or isolated, is a mistake. */
function replicasOf(
  recipe: Recipe,
  catalog: Catalog,
  options: PlanOptions,
): { of(stage: string): number } | { problems: Problem[] } {
  const { replicas } = recipe.stream
  const fixed = options.replicas ?? (typeof replicas === 'number' ? replicas : null)
  if (fixed !== null) return { of: () => fixed }
  const known = [false, true].flatMap((isolate) => cut(recipe, catalog, isolate).map(({ name }) => name))
  const byStage = new Map(Object.entries(replicas))
  const strange = [...byStage.keys()].filter((name) => !known.includes(name))
  if (strange.length === 0) return { of: (stage) => byStage.get(stage) ?? 1 }
  return {
    problems: strange.map((name) => {
      const message = `there is no stage ${name}: the stages are ${[...new Set(known)].join(', ')}`
      return { ...streamProblem(recipe, `replicas.${name}`, message), ...nearestHint(name, known) }
    }),
  }
}

function countFaults(partitions: number, replicas: number, recipe: Recipe): Problem[] {
  const faults: Problem[] = []
  if (!Number.isInteger(replicas) || replicas < 1)
    faults.push(streamProblem(recipe, 'replicas', 'must be a whole number from 1 on'))
  if (!Number.isInteger(partitions) || partitions < 1)
    faults.push(streamProblem(recipe, 'partitions', 'must be a whole number from 1 on'))
  if (faults.length === 0 && replicas > partitions) {
    const message = `${replicas} replicas cannot share ${partitions} partition${partitions === 1 ? '' : 's'}: some would idle`
    faults.push(streamProblem(recipe, 'replicas', message))
  }
  return faults
}

function topicFaults(channels: readonly Channel[], recipe: Recipe): Problem[] {
  const seen = new Map<string, Channel['kind']>()
  const faults: Problem[] = []
  for (const { topic, kind } of channels) {
    const fault = topicNameFault(topic)
    const path = { channel: 'name', index: 'index' }[String(kind)] ?? `topics.${kind}`
    if (fault) faults.push(streamProblem(recipe, path, `the topic ${topic} ${fault}`))
    if (seen.has(topic))
      faults.push(streamProblem(recipe, path, `the topic ${topic} would be written by two hands: name them apart`))
    seen.set(topic, kind)
  }
  return faults
}

function streamProblem(recipe: Recipe, key: string, message: string): Problem {
  const path = `stream.${key}`
  const place = recipe.places[path] ?? recipe.places.stream ?? recipe.places[''] ?? { line: 1, column: 1 }
  return { file: recipe.file, ...place, path, message }
}
