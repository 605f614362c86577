import { parseExact } from '../../../schemas/json/exact.ts'
import { withAssets } from '../../../topologies/assets.ts'
import type { DatasetOperatorDefinition, OperatorContext } from '../../../topologies/operator.ts'
import { Text } from '../../../topologies/text.ts'
import type { PlannedOperator } from '../../../topologies/topology.ts'
import type { Passage } from '../chain/passage.ts'

/** Acts on what the whole data set has brought to light about a document; without a verdict it stays as it is. */
export function gateStep(
  definition: DatasetOperatorDefinition,
  operator: PlannedOperator,
  context: OperatorContext,
): (passage: Passage) => string | null {
  const { textKey } = operator
  if (definition.kind === 'grouper') return (passage) => regrouped(passage, textKey)
  if (definition.on !== 'lines') return ({ verdict }) => verdict?.reason ?? null
  const { without } = definition.create(withAssets(operator.parameters, context.assets), context)
  return (passage) => {
    const { verdict } = passage
    if (!verdict) return null
    const lines = new Set(verdict.lines.map((key) => key.toString('latin1')))
    const text = without(passage.subject(textKey), (key) => lines.has(key))
    if (text !== null) passage.replace(textKey, new Text(text))
    return null
  }
}

/** The first document of a group becomes the whole of it, the others are part of that one. */
function regrouped(passage: Passage, textKey: string): string | null {
  const { verdict } = passage
  const sample = verdict?.sample && parseExact(verdict.sample.toString())
  if (sample instanceof Map) passage.change(textKey, { fields: Object.fromEntries(sample), whole: true })
  return verdict?.reason ?? null
}
