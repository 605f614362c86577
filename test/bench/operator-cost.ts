import type { Document } from '../../schemas/document.ts'
import { readSample, type Sample } from '../../schemas/sample.ts'
import { assetDirectory } from '../../services/assets/directory.ts'
import { readParameters } from '../../services/cli/trial/operator-trial.ts'
import { catalog } from '../../services/operators/catalog.ts'
import { buildChain } from '../../services/worker/chain/chain.ts'
import { emptyTally } from '../../services/worker/chain/tally.ts'
import type { OperatorDefinition } from '../../topologies/operator.ts'

/** The operators of the catalog that wait for nothing, so that their time is their own. */
export function measurable(): OperatorDefinition[] {
  return [...catalog.values()].filter(({ on }) => on !== 'batch')
}

/** What an operator needs for these samples once: seconds of CPU; and bytes that it made of them, their texts not counted. */
export type Run = (samples: Sample[]) => { seconds: number; made: number }

/** An operator alone in its chain, measured: decoding lies before the clock, fields are parsed within it when it asks for them. */
export function operatorRun(definition: OperatorDefinition, given: Record<string, unknown>, assets: string): Run {
  const parameters = readParameters(definition, JSON.stringify(given))
  const operator = { index: 0, name: definition.name, parameters, textKey: 'text', onFailure: 'dead_letter' as const }
  const context = assetDirectory(assets, { files: true })
  const chain = buildChain({ operators: [operator], textKey: 'text' }, catalog, context)
  const { operators: tallies } = emptyTally([operator])
  return (samples) => {
    const documents = samples.map(documentOf)
    let made = 0
    const start = process.cpuUsage()
    for (const document of documents) {
      // A text that was put together piece by piece is made whole here, as encoding would.
      for (const outcome of chain(document, tallies)) {
        outcome.document.text.charCodeAt(0)
        made += outcome.document.fields.length
      }
    }
    const { user, system } = process.cpuUsage(start)
    return { seconds: (user + system) / 1e6, made }
  }
}

/** A sample as the decoder of a stage gives it. */
export function sampleOf(line: object): Sample {
  return readSample(Buffer.from(JSON.stringify(line)), { textKey: 'text', maxDepth: 512 })
}

function documentOf(sample: Sample): Document {
  const place = { id: '0-0', source: 'bench', partition: 0, offset: 0n, ordinal: 0n }
  return { ...place, ...sample, stats: { ...sample.stats }, skipped: [] }
}
