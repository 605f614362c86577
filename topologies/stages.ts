import { fingerprint } from './fingerprint.ts'
import { channelTopic, groupName, indexTopic, stageName, verdictTopic } from './names.ts'
import { type Catalog, type Resource, traitsOf } from './operator.ts'
import type { Recipe, RecipeOperator } from './recipe/recipe.ts'
import type { DatasetLink, PlannedOperator, Stage, Topology } from './topology.ts'

/** Operators that will share a process. */
export interface Run {
  name: string
  resource: Resource
  operators: RecipeOperator[]
  /** The first operator looks at the whole data set. */
  opensGate: boolean
}

/** Parts a recipe's operators into runs: neighbours of one resource class, a new one at every operator of the whole data set. */
export function cut(recipe: Recipe, catalog: Catalog, isolate: boolean): Run[] {
  const groups: Omit<Run, 'name'>[] = []
  for (const operator of recipe.operators) {
    const { resource, scope } = needs(operator, catalog)
    const opensGate = scope === 'dataset'
    const last = groups.at(-1)
    const joins = last && !isolate && !opensGate && !operator.beginsStage && last.resource === resource
    // What is probed must have been read before, by a stage that knows raw records.
    if (opensGate && !last) groups.push({ resource: 'cpu', operators: [], opensGate: false })
    if (joins) last.operators.push(operator)
    else groups.push({ resource, operators: [operator], opensGate })
  }
  if (groups.length === 0) groups.push({ resource: 'cpu', operators: [], opensGate: false })
  return groups.map((group, index) => ({ ...group, name: stageName(index + 1, group.resource, group.operators) }))
}

function needs(operator: RecipeOperator, catalog: Catalog): { resource: Resource; scope: 'record' | 'dataset' } {
  const definition = catalog.get(operator.name)
  const traits = definition ? traitsOf(definition) : { resource: 'cpu' as const, scope: 'record' as const }
  return { scope: traits.scope, resource: operator.resource ?? traits.resource }
}

/** What all stages of a plan have in common. */
export interface Frame {
  topics: Topology['topics']
  partitions: number
  /** Of indexes that exist already. */
  shards?: number | undefined
  continuous: boolean
  catalog: Catalog
  replicas(stage: string): number
}

/** The stages in the order in which documents pass them; before a gate stands what finds out about its documents. */
export function stagesOf(runs: readonly Run[], recipe: Recipe, frame: Frame): Stage[] {
  const { pipeline } = recipe
  const { topics } = frame
  const inputs = runs.map(({ name }, index) => (index === 0 ? topics.raw : channelTopic(pipeline, name)))
  const links = runs.map((run, index) => linkOf(run, index, recipe, frame))
  return runs.flatMap(({ name, resource, operators }, index): Stage[] => {
    const gate = links[index]
    const probes = links[index + 1]
    const documents: Stage = {
      name,
      group: groupName(pipeline, name),
      resource,
      replicas: frame.replicas(name),
      input: inputs[index] ?? topics.raw,
      output: inputs[index + 1] ?? topics.refined,
      operators: operators.map(plannedOperator),
      first: index === 0,
      last: index === runs.length - 1,
      ...(probes ? { probes } : {}),
      ...(gate ? { gate } : {}),
    }
    return gate ? [...servants(gate, index, recipe, frame), documents] : [documents]
  })
}

/** The stages that find out what a gate must know. */
function servants(link: DatasetLink, index: number, recipe: Recipe, frame: Frame): Stage[] {
  const { index: indexName, judge } = servantNames(link.operator, index)
  const common = { resource: 'cpu' as const, operators: [], first: false, last: false }
  const group = (name: string) => groupName(recipe.pipeline, name)
  const indexStage: Stage = {
    ...common,
    name: indexName,
    group: group(indexName),
    replicas: Math.min(frame.replicas(indexName), link.shards),
    input: link.probes,
    output: link.edges ?? link.verdicts,
    serves: { ...link, as: 'index' },
  }
  if (!link.edges) return [indexStage]
  const judgeStage: Stage = {
    ...common,
    name: judge,
    group: group(judge),
    replicas: 1,
    input: link.edges,
    output: link.verdicts,
    serves: { ...link, as: 'judge' },
  }
  return [indexStage, judgeStage]
}

function linkOf(run: Run, index: number, recipe: Recipe, frame: Frame): DatasetLink | null {
  const [first] = run.operators
  if (!run.opensGate || !first) return null
  const { pipeline } = recipe
  const operator = plannedOperator(first)
  const names = servantNames(operator, index)
  const definition = frame.catalog.get(first.name)
  const chooses = definition?.kind === 'selector'
  // Whether documents hang together shows only when all edges are known; lines and fields are counted where they lie.
  const hangsTogether = definition?.kind === 'deduplicator' && definition.on === 'dataset' && !frame.continuous
  const lasting = definition?.kind === 'deduplicator' ? indexOf(recipe, frame) : null
  const shards = chooses ? 1 : ((lasting === null ? undefined : frame.shards) ?? frame.partitions)
  return {
    operator,
    fingerprint: fingerprint({ name: first.name, parameters: first.parameters, textKey: first.textKey }),
    judged: frame.continuous ? 'arrival' : 'end',
    probes: lasting
      ? indexTopic(lasting, first.name, occurrenceOf(first, recipe))
      : channelTopic(pipeline, names.index),
    lasting: lasting !== null,
    edges: hangsTogether ? channelTopic(pipeline, names.judge) : null,
    verdicts: verdictTopic(pipeline, run.name),
    shards,
    answerers: hangsTogether ? 1 : shards,
  }
}

/** How many operators of this name the recipe has up to this one. */
export function occurrenceOf({ name, index }: Pick<RecipeOperator, 'name' | 'index'>, { operators }: Recipe): number {
  return operators.filter((other) => other.name === name && other.index <= index).length
}

/** The name of the indexes that outlive the run; null where none does. */
export function indexOf({ stream, pipeline }: Recipe, { continuous }: { continuous: boolean }): string | null {
  return stream.index ?? (continuous ? pipeline : null)
}

function servantNames({ name }: { name: string }, index: number): { index: string; judge: string } {
  const stage = stageName(index + 1, 'cpu', [{ name }])
  return { index: `${stage}-index`, judge: `${stage}-judge` }
}

function plannedOperator({ index, name, parameters, textKey, onFailure, tolerance }: RecipeOperator): PlannedOperator {
  return { index, name, parameters, textKey, onFailure, tolerance }
}
