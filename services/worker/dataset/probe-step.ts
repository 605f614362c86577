import type { Document } from '../../../schemas/document.ts'
import { writeSample } from '../../../schemas/sample.ts'
import { withAssets } from '../../../topologies/assets.ts'
import { encodeView } from '../../../topologies/dataset/views.ts'
import {
  type Catalog,
  type DatasetOperatorDefinition,
  isOfDataset,
  type OperatorContext,
  type Subject,
} from '../../../topologies/operator.ts'
import type { PlannedOperator } from '../../../topologies/topology.ts'
import type { Passage, Probe } from '../chain/passage.ts'
import { breakerOf, definitionOf, type Step } from '../chain/step.ts'

const NOTHING = Buffer.alloc(0)

/** Takes of a document what the operator behind the stage must know of it. The gate counts the document, unless it fails here. */
export function probeStep(operator: PlannedOperator, catalog: Catalog, context: OperatorContext): Step {
  const definition = definitionOf(operator, catalog)
  const take = isOfDataset(definition) ? probeOf(definition, operator, context) : null
  return {
    operator,
    breaker: breakerOf(operator),
    handsOn: true,
    apply: (passage: Passage) => {
      passage.probe = take?.(passage.subject(operator.textKey), passage.document) ?? null
      return null
    },
  }
}

function probeOf(
  definition: DatasetOperatorDefinition,
  operator: PlannedOperator,
  context: OperatorContext,
): (subject: Subject, document: Document) => Probe {
  const parameters = withAssets(operator.parameters, context.assets)
  if (definition.kind === 'selector') {
    const selector = definition.create(parameters, context)
    return (subject) => ({ keys: [], signature: encodeView(selector.view(subject)), rank: null })
  }
  if (definition.kind === 'grouper') {
    const grouper = definition.create(parameters, context)
    return (subject, document) => ({
      keys: [Buffer.from(grouper.key(subject))],
      signature: Buffer.from(writeSample(document, { dropInternal: true })),
      rank: null,
    })
  }
  if (definition.on === 'lines') {
    const deduplicator = definition.create(parameters, context)
    const keys = (subject: Subject) => deduplicator.lines(subject).map((key) => Buffer.from(key, 'latin1'))
    return (subject) => ({ keys: keys(subject), signature: NOTHING, rank: null })
  }
  const deduplicator = definition.create(parameters, context)
  return (subject) => {
    const { keys, signature, rank } = deduplicator.probe(subject)
    return { keys: keys.map(bufferOver), signature: bufferOver(signature), rank: rank ?? null }
  }
}

function bufferOver(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
