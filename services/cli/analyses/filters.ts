import type { Document } from '../../../schemas/document.ts'
import { withAssets } from '../../../topologies/assets.ts'
import { classify, type Failure } from '../../../topologies/failure.ts'
import { type Catalog, isOfDataset, type OperatorContext } from '../../../topologies/operator.ts'
import type { PlannedOperator, Topology } from '../../../topologies/topology.ts'
import type { FilterVerdict } from '../../analysis/verdicts.ts'
import { Passage } from '../../worker/chain/passage.ts'
import { buildStep, type Step } from '../../worker/chain/step.ts'

/** A filter of a recipe, ready to measure and judge, and the stats by which it judges. */
export interface BuiltFilter {
  operator: PlannedOperator
  stats: string[]
  step: Step
}

/** Builds the filters of a topology in order. Throws Failure for what they lack. */
export function filtersOf(topology: Topology, catalog: Catalog, context: OperatorContext): BuiltFilter[] {
  return operatorsOf(topology).flatMap((operator) => {
    const definition = catalog.get(operator.name)
    if (definition?.kind !== 'filter' || definition.on === 'batch') return []
    return [{ operator, stats: statsOf(operator, catalog, context), step: buildStep(operator, catalog, context) }]
  })
}

/** All operators of a topology, by their places in the recipe. */
export function operatorsOf(topology: Topology): PlannedOperator[] {
  return topology.stages.flatMap(({ operators }) => operators).sort((a, b) => a.index - b.index)
}

/** The stats that a filter gives; none for any other operator. Throws Failure for what it lacks. */
export function statsOf({ name, parameters }: PlannedOperator, catalog: Catalog, context: OperatorContext): string[] {
  const definition = catalog.get(name)
  if (definition?.kind !== 'filter') return []
  return definition.create(withAssets(parameters, context.assets), context).stats
}

/** The operators that cannot look at one document at a time. */
export function wholeDataSet(topology: Topology, catalog: Catalog): { name: string; why: string }[] {
  return operatorsOf(topology).flatMap(({ name }) => {
    const definition = catalog.get(name)
    if (!definition) return []
    if (isOfDataset(definition)) return [{ name, why: 'it judges the data set as a whole' }]
    return definition.on === 'batch' ? [{ name, why: 'it waits for others' }] : []
  })
}

/** Measures a document by all filters, whatever they say of it: their verdicts, in order. The stats stay with the document. */
export function judgedBy(filters: readonly BuiltFilter[], document: Document, textKey: string): FilterVerdict[] {
  const passage = new Passage(document, textKey)
  return filters.map(({ step }): FilterVerdict => {
    try {
      const reason = step.apply(passage)
      return typeof reason === 'string' ? { dropped: reason } : null
    } catch (thrown) {
      return { failed: codeOf(classify(thrown)) }
    }
  })
}

/** What an operator throws that is no failure of ours is its own. */
function codeOf({ code }: Failure): string {
  return code === 'unknown' ? 'operator_failed' : code
}
