import { join } from 'node:path'
import { createCodec } from '../../../schemas/codec.ts'
import type { Document } from '../../../schemas/document.ts'
import type { Topology } from '../../../topologies/topology.ts'
import { removeStores } from '../../dataset/store/level-store.ts'
import type { Subject } from '../../refresh/manifest.ts'
import type { Rendered } from '../../refresh/parts.ts'
import { type Refreshed, refresh } from '../../refresh/refresh.ts'
import { requireRefreshName } from '../../refresh/registry.ts'
import { inputLines } from '../input-lines.ts'
import { processLauncher } from '../launch.ts'
import { type LoadedRecipe, loadRecipe, planRecipe } from '../load-recipe.ts'
import { stderrLog } from '../log.ts'
import { operatorContext } from '../operator-context.ts'
import { existingPartitions, sharedArguments } from '../options.ts'
import { sampleLine, statsLine } from '../output-file.ts'
import { lastingBroker } from '../pipelines/lasting-broker.ts'
import { schemasInUse } from '../schemas-in-use.ts'
import { assetsPath, home } from '../settings.ts'
import { abortable, interruption } from '../terminal/interruption.ts'
import { progressView } from '../terminal/progress.ts'
import { requireOperators } from '../trial/operator-check.ts'
import { assetHashes, exportOf, indexName, readSources, sourceFinder, sourcesOf, target } from './subject.ts'

export interface MakeOptions {
  name: string
  input?: string[]
  output?: string
  broker?: string
  assets?: string
  isolate?: boolean
  replicas?: number
  partitions?: number
}

export interface Made extends Refreshed {
  /** Where the files and the manifest lie. */
  directory: string
  seconds: number
}

/** Makes the refresh of a recipe that has this name, goes on with it, or finds it made. */
export async function makeRefresh(path: string, options: MakeOptions): Promise<Made> {
  requireRefreshName(options.name)
  const started = performance.now()
  const loaded = await loadRecipe(path)
  const { recipe } = loaded
  const assets = assetsPath(options.assets)
  await requireOperators(planRecipe(loaded, options), assets)
  const said = await whatIsSaid(loaded, options)
  const directory = join(said.directory, options.name)
  const view = progressView(process.stderr)
  const broker = await lastingBroker(options.broker)
  try {
    const topology = planRecipe(loaded, await existingPartitions(broker, recipe, options))
    const signal = interruption('Interrupted; the same command goes on where it stopped.')
    const refreshed = await refresh({
      broker,
      topology,
      codec: createCodec(await schemasInUse()),
      launch: processLauncher({
        args: await sharedArguments({ path, source: loaded.source, broker, topology }, options),
        logs: join(home(), 'logs', topology.pipeline),
      }),
      log: stderrLog('warn', 'millrace'),
      signal,
      name: options.name,
      directory,
      subject: ({ assets: wanted }) => subjectOf(loaded, topology, { said, assets: wanted ? assets : null }),
      lines: async () => abortable(await inputLines(options.input, recipe), signal),
      sourceOf: sourceFinder(said.sources),
      render: (document) => rendered(document, said.export),
      now: Date.now,
      onProgress: view.show,
    })
    await removeStores(join(home(), 'stores'), passingStores(topology))
    return { ...refreshed, directory, seconds: (performance.now() - started) / 1000 }
  } finally {
    view.clear()
    await broker.close()
  }
}

interface Said {
  directory: string
  sources: Subject['sources']
  export: Subject['export']
  maxSamples: number | null
}

async function whatIsSaid({ recipe }: LoadedRecipe, { input, output }: MakeOptions): Promise<Said> {
  const { directory, suffix } = target(output, recipe)
  const sources = await readSources(sourcesOf(input, recipe), recipe.suffixes)
  const maxSamples = input ? null : recipe.dataset.maxSamples
  return { directory, sources, export: exportOf(recipe, suffix), maxSamples }
}

async function subjectOf(
  { recipe }: LoadedRecipe,
  topology: Topology,
  { said, assets }: { said: Said; assets: string | null },
): Promise<Subject> {
  return {
    recipe: topology.recipe,
    index: indexName(recipe),
    max_samples: said.maxSamples,
    sources: said.sources,
    assets: assets === null ? [] : await assetHashes(topology, recipe, operatorContext(assets, topology.permissions)),
    export: said.export,
  }
}

function rendered(document: Document, settings: Subject['export']): Rendered {
  const { keep_stats: keepStats, keep_hashes: keepHashes, stats } = settings
  return {
    line: sampleLine(document, { keepStats, keepHashes }),
    stats: stats ? Buffer.from(statsLine(document)) : null,
  }
}

/** The stores of indexes that go with the run. */
function passingStores({ stages }: Topology): string[] {
  return stages.flatMap(({ serves, group }) => (serves && !serves.lasting ? [group] : []))
}
