import { withAssets } from '../../../topologies/assets.ts'
import { classify } from '../../../topologies/failure.ts'
import type { Catalog, OperatorContext } from '../../../topologies/operator.ts'
import { checkParameters } from '../../../topologies/recipe/process.ts'

/** A recipe of every filter that measures something without being told what, and the filters that were left out. */
export interface AutoRecipe {
  source: string
  left_out: { name: string; why: string }[]
}

/** Puts the recipe together: all filters with their defaults that need no parameters, and no asset that is not there. */
export function autoRecipe(catalog: Catalog, context: OperatorContext): AutoRecipe {
  const verdicts = [...catalog.values()]
    .filter(({ kind }) => kind === 'filter')
    .map(({ name }) => ({ name, why: whyNot(name, catalog, context) }))
  const names = verdicts.flatMap(({ name, why }) => (why === null ? [`  - ${name}:`] : []))
  return {
    source: ['project_name: auto', '', 'process:', ...names, ''].join('\n'),
    left_out: verdicts.flatMap(({ name, why }) => (why === null ? [] : [{ name, why }])),
  }
}

function whyNot(name: string, catalog: Catalog, context: OperatorContext): string | null {
  const definition = catalog.get(name)
  if (definition?.kind !== 'filter') return 'it is no filter'
  const checked = checkParameters(definition, {})
  if ('mistakes' in checked) return 'it needs parameters'
  try {
    const { stats } = definition.create(withAssets(checked.parameters, context.assets), context)
    return stats.length === 0 || stats.includes('') ? 'it measures nothing without parameters' : null
  } catch (thrown) {
    return classify(thrown).message
  }
}
