import { createHash } from 'node:crypto'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { InvalidArgumentError } from 'commander'
import { classify, Failure } from '../../topologies/failure.ts'
import { indexTopic, lastingTopics } from '../../topologies/names.ts'
import type { Recipe } from '../../topologies/recipe/recipe.ts'
import { indexOf, occurrenceOf } from '../../topologies/stages.ts'
import type { Topology } from '../../topologies/topology.ts'
import type { Broker } from '../brokers/broker.ts'
import type { PlanOptions } from './load-recipe.ts'
import { home, userPath } from './settings.ts'

/** Parses an option that must be a whole number from 1. */
export function wholeNumber(value: string): number {
  const number = Number(value)
  if (Number.isInteger(number) && number > 0) return number
  throw new InvalidArgumentError('It must be a whole number from 1.')
}

/** What a raw topic or an index that exists already has is kept: its partitions decide, whatever the recipe says. */
export async function existingPartitions(broker: Broker, recipe: Recipe, options: PlanOptions): Promise<PlanOptions> {
  const raw = recipe.stream.topics.raw ?? lastingTopics(recipe.pipeline).raw
  const partitions = await partitionsOf(broker, raw)
  const shards = await shardsOf(broker, recipe, options)
  return {
    ...options,
    ...(partitions === undefined ? {} : { partitions }),
    ...(shards === undefined ? {} : { shards }),
  }
}

/** The shards of the recipe's indexes that outlive the run, when there are such indexes already. */
async function shardsOf(broker: Broker, recipe: Recipe, options: PlanOptions): Promise<number | undefined> {
  const index = indexOf(recipe, { continuous: options.continuous ?? false })
  if (index === null) return undefined
  const counts = recipe.operators.map((operator) =>
    partitionsOf(broker, indexTopic(index, operator.name, occurrenceOf(operator, recipe))),
  )
  return (await Promise.all(counts)).find((count) => count !== undefined)
}

async function partitionsOf(broker: Broker, topic: string): Promise<number | undefined> {
  return broker.partitions(topic).catch((thrown: unknown) => {
    if (classify(thrown).code === 'topic_missing') return undefined
    throw thrown
  })
}

/** What worker processes are started for. */
export interface Deployment {
  /** Where the recipe lies. */
  path: string
  /** Its text when it was planned. */
  source: string
  broker: Broker
  topology: Topology
}

/**
 * The arguments with which a worker process plans the very same topology, today and when it is started again: from a copy of
 * the recipe, since the file may be edited meanwhile.
 */
export async function sharedArguments(
  { path, source, broker, topology }: Deployment,
  options: { isolate?: boolean; assets?: string; continuous?: boolean },
): Promise<string[]> {
  const partitions = topology.channels.find(({ kind }) => kind === 'raw')?.partitions ?? 1
  const copy = await keptCopy(source)
  const shared = [copy, '--original', userPath(path), '--broker', broker.address, '--partitions', String(partitions)]
  const shards = topology.stages.find(({ serves }) => serves?.lasting)?.serves?.shards
  if (shards !== undefined) shared.push('--shards', String(shards))
  if (options.isolate) shared.push('--isolate')
  if (options.continuous) shared.push('--continuous')
  if (options.assets) shared.push('--assets', userPath(options.assets))
  return shared
}

/** Keeps a recipe's text under its hash, and gives the path. */
async function keptCopy(source: string): Promise<string> {
  const directory = join(home(), 'recipes')
  const path = join(directory, `${createHash('sha256').update(source).digest('hex').slice(0, 16)}.yaml`)
  const partial = `${path}.${process.pid}.partial`
  try {
    await mkdir(directory, { recursive: true })
    await writeFile(partial, source)
    await rename(partial, path)
    return path
  } catch (thrown) {
    const { code, message } = classify(thrown)
    throw new Failure(
      code === 'disk_full' ? code : 'output_unwritable',
      `The recipe could not be copied to ${directory}, which workers need: ${message}. MILLRACE_HOME names another place.`,
      { cause: thrown },
    )
  }
}
