import { z } from 'zod'
import type { Broker } from '../../../services/brokers/broker.ts'
import { catalog as real } from '../../../services/operators/catalog.ts'
import type { Launch } from '../../../services/pipeline/fleet.ts'
import { batchProcessor } from '../../../services/worker/chain/batch.ts'
import { stageMetrics } from '../../../services/worker/metrics.ts'
import { inlineProcessor } from '../../../services/worker/processor.ts'
import { StageWorker } from '../../../services/worker/worker.ts'
import { Failure } from '../../../topologies/failure.ts'
import {
  type Catalog,
  defineBatchMapper,
  defineFilter,
  defineSampleMapper,
  defineTextMapper,
  type Subject,
  TAGS,
} from '../../../topologies/operator.ts'
import { commonParameters, filterParameters } from '../../../topologies/parameters.ts'
import { plan } from '../../../topologies/plan.ts'
import { parseRecipe } from '../../../topologies/recipe/recipe.ts'
import type { Topology } from '../../../topologies/topology.ts'
import { codec, type PlanVariant, quiet } from '../pipelines.ts'

/** Words on which operators fail, until they are taken out: the operator is mended then. */
export const sick = new Set<string>()

const word = z.string().default('')

function examine(text: string, watched: string): void {
  if (watched !== '' && sick.has(watched) && text.includes(watched))
    throw new Failure('operator_failed', `sick of ${watched}`)
}

const marking = defineTextMapper({
  name: 'marking_mapper',
  summary: 'Appends a mark, and is sick of a word.',
  parameters: commonParameters.extend({ word, mark: z.string().default('!') }),
  examples: [],
  create:
    (parameters) =>
    ({ value }) => {
      examine(value, parameters.word)
      return value + parameters.mark
    },
})

const measuring = defineFilter({
  name: 'measuring_filter',
  summary: 'Measures a length, and is sick of a word.',
  parameters: filterParameters.extend({ word, least: z.int().default(0), stat: z.string().default('size') }),
  reasons: ['below_minimum'],
  examples: [],
  create: (parameters) => ({
    stats: [parameters.stat],
    measure({ value }) {
      examine(value, parameters.word)
      return { [parameters.stat]: value.length }
    },
    judge: (stats) => (Number(stats[parameters.stat]) < parameters.least ? 'below_minimum' : null),
  }),
})

const tagging = defineSampleMapper({
  name: 'tagging_mapper',
  summary: 'Makes the parts between bars, with a field; is sick of samples without a place for tags.',
  parameters: commonParameters.extend({ word }),
  examples: [],
  create: (parameters) => (subject) => {
    const texts = subject.text().value.split('|')
    // Where something else stands in the place of the tags, the change fails when half of it is done.
    const tags = sick.has(parameters.word) && subject.field(TAGS) === 'none' ? { tags: { tagged: true } } : {}
    return texts.map((text) => ({ fields: { text: `${text}#`, of: texts.length }, ...tags }))
  },
})

const waiting = defineBatchMapper({
  name: 'waiting_mapper',
  summary: 'Appends a mark after a while, and is sick of a word.',
  parameters: commonParameters.extend({ word }),
  examples: [],
  create: (parameters) => ({
    ready: async () => undefined,
    close: async () => undefined,
    map: async (subjects) => subjects.map((subject) => one(subject, parameters.word)),
  }),
})

function one(subject: Subject, watched: string) {
  const { value } = subject.text()
  try {
    examine(value, watched)
    return [{ text: `${value}~` }]
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown
    throw thrown
  }
}

export const sickCatalog: Catalog = new Map([
  ...real,
  ...[marking, measuring, tagging, waiting].map((definition) => [definition.name, definition] as const),
])

/** Compiles a recipe with these operators; throws its problems as text. */
export function sickTopology(recipe: string, variant: PlanVariant = {}): Topology {
  const parsed = parseRecipe(recipe, { file: 'test.yaml', catalog: sickCatalog })
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems))
  const planned = plan(parsed.recipe, sickCatalog, variant)
  if ('problems' in planned) throw new Error(JSON.stringify(planned.problems))
  return planned.topology
}

/** Runs every replica in this process with its operators inline. */
export function sickLauncher(broker: Broker, topology: Topology): Launch {
  return (stage, replica) => {
    const context = { assets: '', readAsset: () => new Uint8Array(), listAssets: () => [] }
    const processor = inlineProcessor(batchProcessor({ topology, stage, catalog: sickCatalog, context, codec }))
    const metrics = stageMetrics(topology.pipeline, stage)
    const name = `${stage.name}-${replica}`
    const worker = new StageWorker({ broker, topology, stage, processor, codec, metrics, log: quiet, name })
    const ended = worker.start().then(async () => ({ failure: await worker.finished }))
    return { ended, drain: () => void worker.drain() }
  }
}
