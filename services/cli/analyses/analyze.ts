import type { Command } from 'commander'
import { Failure } from '../../../topologies/failure.ts'
import { topicNameFault } from '../../../topologies/names.ts'
import { parseRecipe } from '../../../topologies/recipe/recipe.ts'
import type { Topology } from '../../../topologies/topology.ts'
import { analysisPage } from '../../analysis/page/analysis-page.ts'
import type { AnalysisReport } from '../../analysis/report.ts'
import { catalog } from '../../operators/catalog.ts'
import { inputLines } from '../input-lines.ts'
import { type LoadedRecipe, loadRecipe, planRecipe } from '../load-recipe.ts'
import { operatorContext } from '../operator-context.ts'
import { lastingBroker } from '../pipelines/lasting-broker.ts'
import { assetsPath } from '../settings.ts'
import { abortable, interruption } from '../terminal/interruption.ts'
import { print, printJson } from '../terminal/standard-output.ts'
import { analysed } from './analysis.ts'
import { analysisText, refinedText } from './analysis-text.ts'
import { autoRecipe } from './auto-recipe.ts'
import { type BuiltFilter, filtersOf, wholeDataSet } from './filters.ts'
import { type Candidate, documentsOf, drawn, fileCandidates, sampleOf, sampleText, topicCandidates } from './records.ts'
import { type RefinedRecipe, refinedRecipe } from './refined-recipe.ts'
import { writeText } from './text-file.ts'

interface AnalyzeOptions {
  auto?: boolean
  input?: string[]
  topic?: string
  sample?: string
  assets?: string
  broker?: string
  html?: string
  refine?: string
  json?: boolean
}

export function define(command: Command): void {
  command
    .argument('[recipe]', 'a Data-Juicer recipe (YAML): its filters say what is measured')
    .option('--auto', 'measure with every filter that needs no parameters and no missing asset, in place of a recipe')
    .option(
      '--input <path...>',
      "files, directories, globs, or - for standard input (default: the recipe's dataset_path)",
    )
    .option('--topic <name>', 'a raw or refined topic instead, up to its present end')
    .option('--sample <n>', 'so many documents drawn at random, or a ratio such as 0.1')
    .option('--html <path>', 'write a page with plots that needs nothing but itself')
    .option('--refine <path>', 'write the recipe with the bounds at mean ± 3 standard deviations')
    .option('--assets <directory>', 'word lists and models (default: MILLRACE_ASSETS)')
    .option('--broker <where>', 'local, or HOST:PORT,… (default: MILLRACE_BROKERS, else local)')
    .option('--json', 'print one JSON object')
    .addHelpText('after', EXAMPLE)
    .action(analyze)
}

const EXAMPLE = `
Measures and drops nothing. Texts are taken as they come, without the recipe's mappers, as in Data-Juicer's analyzer; stats that
documents bring along are trusted. Numbers are exact up to 200,000 documents; beyond, quantiles, plots and correlations come
from a uniform sample of so many.

Example:
  millrace analyze recipes/refine.yaml --input corpus/ --html analysis.html --refine refined.yaml
  millrace analyze --auto --topic news.raw --sample 10000`

async function analyze(path: string | undefined, options: AnalyzeOptions): Promise<void> {
  const sample = options.sample === undefined ? null : sampleOf(options.sample)
  const { loaded, leftOut } = await recipeOf(path, options)
  const topology = planRecipe(loaded, {})
  const { catalog: known } = loaded.recipe
  const filters = filtersOf(topology, known, operatorContext(assetsPath(options.assets), topology.permissions))
  const signal = interruption('Interrupted; nothing was written.')
  const report = await withCandidates(loaded, { ...options, signal }, async (all, input) => {
    const records = sample === null ? all : drawn(all, sample)
    return await analysed({
      topology,
      filters,
      documents: documentsOf(records, topology),
      input,
      sample: sample === null ? null : sampleText(sample),
      leftOut: [...leftOut, ...wholeDataSet(topology, known)],
    })
  })
  await deliver(report, refinedIf(options, { loaded, report, filters }), options)
}

function refinedIf(
  { refine }: AnalyzeOptions,
  { loaded, report, filters }: { loaded: LoadedRecipe; report: AnalysisReport; filters: BuiltFilter[] },
): RefinedRecipe | null {
  if (refine === undefined) return null
  return refinedRecipe(loaded.source, { filters, stats: report.stats, catalog: loaded.recipe.catalog })
}

async function deliver(report: AnalysisReport, refined: RefinedRecipe | null, options: AnalyzeOptions): Promise<void> {
  if (options.html !== undefined) await writeText(options.html, analysisPage(report))
  if (refined && options.refine !== undefined) await writeText(options.refine, refined.source)
  if (options.json) return await printJson({ ...report, ...(refined ? { refined: refined.bounds } : {}) })
  // What goes to standard output goes there alone.
  if (options.html === '-' || options.refine === '-') return
  await print(analysisText(report))
  if (refined && options.refine !== undefined) await print(refinedText(refined.bounds, options.refine))
  if (options.html !== undefined) await print(`\n  plots: ${options.html}\n`)
}

interface Chosen {
  loaded: LoadedRecipe
  leftOut: AnalysisReport['left_out']
}

/** The recipe that was named, or that of all filters. */
async function recipeOf(path: string | undefined, { auto, assets }: AnalyzeOptions): Promise<Chosen> {
  if (path !== undefined && auto) throw new Failure('usage', 'Name a recipe or say --auto, not both.')
  if (path !== undefined) return { loaded: await loadRecipe(path), leftOut: [] }
  if (!auto) throw new Failure('usage', 'Name a recipe, or say --auto for all statistics.')
  const nothing: Topology['permissions'] = { files: false, code: false, downloads: false, endpoints: false }
  const { source, left_out: leftOut } = autoRecipe(catalog, operatorContext(assetsPath(assets), nothing))
  const parsed = parseRecipe(source, { file: 'auto', catalog })
  if ('problems' in parsed) throw new Failure('recipe_invalid', 'The recipe of all filters has mistakes.')
  return { loaded: { ...parsed, modules: [], source }, leftOut }
}

type Work = (records: AsyncIterable<Candidate>, input: string) => Promise<AnalysisReport>

/** Opens the input, has the work done, and closes what was opened. */
async function withCandidates(
  { recipe }: LoadedRecipe,
  { input, topic, broker: choice, signal }: AnalyzeOptions & { signal: AbortSignal },
  work: Work,
): Promise<AnalysisReport> {
  if (topic === undefined) {
    const named = input ?? recipe.dataset.sources.map(({ path }) => path)
    const lines = abortable(await inputLines(input, recipe), signal)
    return await work(fileCandidates(lines), named.join(', '))
  }
  if (input !== undefined) throw new Failure('usage', 'Documents come from --input or from --topic, not from both.')
  refuse(topic)
  const broker = await lastingBroker(choice)
  try {
    return await work(topicCandidates(broker, topic, { signal }), `the topic ${topic}`)
  } finally {
    await broker.close()
  }
}

const OTHERS = /\.(rejected|dead-letters|ledger)$/

function refuse(topic: string): void {
  const fault = topicNameFault(topic)
  if (fault !== null) throw new Failure('usage', `The name of the topic "${topic}" ${fault}.`)
  if (OTHERS.test(topic))
    throw new Failure('usage', `${topic} holds no documents as they come or go: name a raw or a refined topic.`)
}
