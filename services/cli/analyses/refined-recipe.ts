import { isMap, isScalar, parseDocument } from 'yaml'
import type { Catalog } from '../../../topologies/operator.ts'
import { checkParameters } from '../../../topologies/recipe/process.ts'
import { sigmaBounds } from '../../analysis/bounds.ts'
import type { Summary } from '../../analysis/summary.ts'
import type { BuiltFilter } from './filters.ts'

/** A bound that was set anew. */
export interface NewBound {
  operator: string
  index: number
  parameter: string
  before: unknown
  after: number
}

export interface RefinedRecipe {
  source: string
  bounds: NewBound[]
}

/**
 * A recipe with the bounds of its filters at the mean less and more 3 standard deviations of what they measure, everything
 * else as it was, comments too. As in Data-Juicer's tuning, bounds that the recipe leaves open are set too, and filters of a
 * field that the recipe names keep theirs.
 */
export function refinedRecipe(
  source: string,
  { filters, stats, catalog }: { filters: readonly BuiltFilter[]; stats: readonly Summary[]; catalog: Catalog },
): RefinedRecipe {
  const document = parseDocument(source)
  const bounds = filters.flatMap((filter) => newBounds(filter, stats, catalog))
  for (const index of new Set(bounds.map((bound) => bound.index))) {
    const own = bounds.filter((bound) => bound.index === index)
    const item = document.getIn(['process', index], true)
    const key = isMap(item) ? String(isScalar(item.items[0]?.key) ? item.items[0].key.value : item.items[0]?.key) : null
    const there = key === null ? undefined : document.getIn(['process', index, key], true)
    if (key !== null && isMap(there)) {
      for (const { parameter, after } of own) there.set(parameter, after)
      continue
    }
    // A name alone, or parameters under an alias that others share.
    const known = (isMap(item) ? Object.values(item.toJS(document))[0] : null) ?? {}
    const values = Object.fromEntries(own.map(({ parameter, after }) => [parameter, after]))
    const name = key ?? own[0]?.operator ?? ''
    document.setIn(['process', index], document.createNode({ [name]: { ...known, ...values } }))
  }
  return { source: document.toString({ lineWidth: 0 }), bounds }
}

function newBounds({ operator, stats: keys }: BuiltFilter, stats: readonly Summary[], catalog: Catalog): NewBound[] {
  const { name, index, parameters } = operator
  const ofField = typeof parameters.field_key === 'string' && keys.includes(parameters.field_key)
  const measured = stats.find(({ stat, numbers }) => keys.includes(stat) && numbers !== null)?.numbers
  const definition = catalog.get(name)
  if (ofField || !measured || !definition) return []
  const after = sigmaBounds(parameters, measured)
  // A bound that the operator would not take is left as it is.
  const taken = Object.entries(after).filter(
    ([parameter, value]) => 'parameters' in checkParameters(definition, { ...parameters, [parameter]: value }),
  )
  return taken.map(([parameter, value]) => ({
    operator: name,
    index,
    parameter,
    before: parameters[parameter] ?? null,
    after: value,
  }))
}
