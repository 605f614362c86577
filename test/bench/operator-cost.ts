import type { Document } from '../../schemas/document.ts'
import { readSample, type Sample } from '../../schemas/sample.ts'
import { assetDirectory } from '../../services/assets/directory.ts'
import { readParameters } from '../../services/cli/trial/operator-trial.ts'
import { catalog } from '../../services/operators/catalog.ts'
import { buildChain } from '../../services/worker/chain/chain.ts'
import { Passage } from '../../services/worker/chain/passage.ts'
import { emptyTally } from '../../services/worker/chain/tally.ts'
import { Failure } from '../../topologies/failure.ts'
import {
  type DatasetOperatorDefinition,
  isOfDataset,
  type OperatorContext,
  type OperatorDefinition,
  type Subject,
} from '../../topologies/operator.ts'

/** The operators of the catalog that wait for nothing, so that their time is their own. */
export function measurable(): OperatorDefinition[] {
  return [...catalog.values()].filter(({ on }) => on !== 'batch')
}

/** What an operator needs for these samples once: seconds of CPU; and bytes that it made of them, their texts not counted. */
export type Run = (samples: Sample[]) => { seconds: number; made: number }

/**
 * An operator alone in its chain, measured: decoding lies before the clock, fields are parsed within it when it asks for them.
 * Of an operator of whole data sets, what it does with each document.
 */
export function operatorRun(definition: OperatorDefinition, given: Record<string, unknown>, assets: string): Run {
  const parameters = readParameters(definition, JSON.stringify(given))
  const context = assetDirectory(assets, { files: true })
  const work = isOfDataset(definition)
    ? lookedAt(definition, parameters, context)
    : passed(definition, parameters, context)
  return (samples) => {
    const documents = samples.map(documentOf)
    let made = 0
    const start = process.cpuUsage()
    for (const document of documents) made += work(document)
    const { user, system } = process.cpuUsage(start)
    return { seconds: (user + system) / 1e6, made }
  }
}

/** What is done with a document; gives the bytes that are made of it. */
type Work = (document: Document) => number

function passed({ name }: OperatorDefinition, parameters: Record<string, unknown>, context: OperatorContext): Work {
  const operator = { index: 0, name, parameters, textKey: 'text', onFailure: 'dead_letter' as const }
  const chain = buildChain({ operators: [operator], textKey: 'text' }, catalog, context)
  const { operators: tallies } = emptyTally([operator])
  return (document) => {
    let made = 0
    // A text that was put together piece by piece is made whole here, as encoding would.
    for (const outcome of chain(document, tallies)) {
      outcome.document.text.charCodeAt(0)
      made += outcome.document.fields.length
    }
    return made
  }
}

function lookedAt(definition: DatasetOperatorDefinition, parameters: unknown, context: OperatorContext): Work {
  const ask = question(definition, parameters, context)
  return (document) => {
    try {
      ask(new Passage(document, 'text').subject('text'))
    } catch (thrown) {
      // a document may fail, as in a chain
      if (!(thrown instanceof Failure)) throw thrown
    }
    return 0
  }
}

function question(
  definition: DatasetOperatorDefinition,
  parameters: unknown,
  context: OperatorContext,
): (subject: Subject) => unknown {
  if (definition.kind === 'selector') return definition.create(parameters, context).view
  if (definition.kind === 'grouper') return definition.create(parameters, context).key
  if (definition.on === 'dataset') return definition.create(parameters, context).probe
  const deduplicator = definition.create(parameters, context)
  return (subject) => [deduplicator.lines(subject), deduplicator.without(subject, () => false)]
}

/** A sample as the decoder of a stage gives it. */
export function sampleOf(line: object): Sample {
  return readSample(Buffer.from(JSON.stringify(line)), { textKey: 'text', maxDepth: 512 })
}

function documentOf(sample: Sample): Document {
  const place = { id: '0-0', source: 'bench', partition: 0, offset: 0n, ordinal: 0n }
  return { ...place, ...sample, stats: { ...sample.stats }, skipped: [] }
}
