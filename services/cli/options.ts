import { InvalidArgumentError } from 'commander'
import { classify } from '../../topologies/failure.ts'
import { lastingTopics } from '../../topologies/names.ts'
import type { Recipe } from '../../topologies/recipe/recipe.ts'
import type { Topology } from '../../topologies/topology.ts'
import type { Broker } from '../brokers/broker.ts'
import type { PlanOptions } from './load-recipe.ts'
import { userPath } from './settings.ts'

/** Parses an option that must be a whole number from 1. */
export function wholeNumber(value: string): number {
  const number = Number(value)
  if (Number.isInteger(number) && number > 0) return number
  throw new InvalidArgumentError('It must be a whole number from 1.')
}

/** What a raw topic that exists already has is kept: its partitions decide, whatever the recipe says. */
export async function existingPartitions(broker: Broker, recipe: Recipe, options: PlanOptions): Promise<PlanOptions> {
  const raw = recipe.stream.topics.raw ?? lastingTopics(recipe.pipeline).raw
  const partitions = await broker.partitions(raw).catch((thrown: unknown) => {
    if (classify(thrown).code === 'topic_missing') return undefined
    throw thrown
  })
  return partitions === undefined ? options : { ...options, partitions }
}

/** The arguments with which a worker process plans the very same topology. */
export function sharedArguments(
  recipe: string,
  broker: Broker,
  topology: Topology,
  options: { isolate?: boolean; assets?: string },
): string[] {
  const partitions = topology.channels.find(({ kind }) => kind === 'raw')?.partitions ?? 1
  const shared = [userPath(recipe), '--broker', broker.address, '--partitions', String(partitions)]
  if (options.isolate) shared.push('--isolate')
  if (options.assets) shared.push('--assets', userPath(options.assets))
  return shared
}
