import { type Command, Option } from 'commander'
import { createCodec } from '../../../schemas/codec.ts'
import { Failure } from '../../../topologies/failure.ts'
import type { Broker } from '../../brokers/broker.ts'
import { abandon } from '../../refresh/abandoned.ts'
import { difference, documentsInOne } from '../../refresh/difference.ts'
import type { Done } from '../../refresh/manifest.ts'
import { findRefresh, readRefreshes, refreshedPipelines } from '../../refresh/registry.ts'
import { wholeNumber } from '../options.ts'
import { findPipeline } from '../pipelines/find-pipeline.ts'
import { lastingBroker } from '../pipelines/lasting-broker.ts'
import { schemasInUse } from '../schemas-in-use.ts'
import { print, printJson } from '../terminal/standard-output.ts'
import { type MakeOptions, makeRefresh } from './make.ts'
import { courseText, differenceText, listText, manifestText } from './text.ts'

interface LookOptions {
  broker?: string
  json?: boolean
}

interface DiffOptions extends LookOptions {
  documents?: boolean
  limit: number
}

const BROKER = 'local, or HOST:PORT,… (default: MILLRACE_BROKERS, else local)'
const PIPELINE = 'recipe of a pipeline, or its name'

export function define(command: Command): void {
  command
    .enablePositionalOptions()
    .argument('[recipe]', 'a Data-Juicer recipe (YAML)')
    .option('--name <name>', 'what the refresh is called, as 2026-11: a name stands for one recipe and one input')
    .option('--input <path...>', "files, directories or globs (default: the recipe's dataset_path or dataset)")
    .option('--output <directory>', 'the files go to <directory>/<name> (default: where export_path lies)')
    .option('--broker <where>', BROKER)
    .option('--assets <directory>', 'word lists and models (default: MILLRACE_ASSETS)')
    .option('--isolate', 'give every operator a service of its own')
    .option('--replicas <n>', 'replicas of every stage', wholeNumber)
    .option('--partitions <n>', 'partitions of every topic that is made anew', wholeNumber)
    .option('--json', 'print the manifest as one JSON object')
    .addHelpText('after', EXAMPLE)
    .action(make)
  const sub = (name: string, summary: string) =>
    command.command(name).description(summary).option('--broker <where>', BROKER).option('--json', 'print JSON')
  sub('list', 'the refreshes of a pipeline, or of all')
    .argument('[pipeline]', PIPELINE)
    .addHelpText('after', '\nExample:\n  millrace refresh list corpus')
    .action(list)
  sub('show', 'what a refresh made, source by source')
    .argument('<pipeline>', PIPELINE)
    .argument('<name>', 'name of the refresh')
    .addHelpText('after', '\nExample:\n  millrace refresh show corpus 2026-11')
    .action(show)
  sub('diff', 'two refreshes side by side')
    .argument('<pipeline>', PIPELINE)
    .argument('<one>', 'name of a refresh')
    .argument('<other>', 'name of another one')
    .option('--documents', 'tell the documents whose text is in only one of them')
    .addOption(new Option('--limit <n>', 'name at most so many documents of each').argParser(wholeNumber).default(10))
    .addHelpText('after', '\nExample:\n  millrace refresh diff corpus 2026-10 2026-11 --documents')
    .action(diff)
  sub('abandon', 'give up a refresh that is not done, so that its name is free again')
    .argument('<pipeline>', PIPELINE)
    .argument('<name>', 'name of the refresh')
    .addHelpText('after', '\nExample:\n  millrace refresh abandon corpus 2026-11')
    .action(giveUp)
}

const EXAMPLE = `
A refresh is a run with a name. The same command again goes on where it stopped; one that is done is only looked at, and files
of it that are missing are written again, byte for byte. manifest.json comes last: where it lies, all of it is there.

Example:
  millrace refresh recipes/refresh.yaml --name 2026-11 --output corpus/`

async function make(recipe: string | undefined, options: Partial<MakeOptions> & LookOptions): Promise<void> {
  const { name } = options
  if (recipe === undefined || name === undefined)
    throw new Failure(
      'usage',
      'Say what to refresh and what it is called: millrace refresh RECIPE --name 2026-11. To look: list, show, diff.',
    )
  const { manifest, course, directory, seconds } = await makeRefresh(recipe, { ...options, name })
  if (options.json) return await printJson({ course, directory, seconds, ...manifest })
  await print(`${manifestText(manifest, directory)}${courseText(course, seconds)}\n\n`)
}

async function list(nameOrRecipe: string | undefined, { broker: where, json }: LookOptions): Promise<void> {
  const only = nameOrRecipe === undefined ? null : (await findPipeline(nameOrRecipe)).pipeline
  await withBroker(where, async (broker) => {
    const pipelines = only === null ? await refreshedPipelines(broker) : [only]
    const found = []
    for (const pipeline of pipelines) {
      for (const record of (await readRefreshes(broker, pipeline)).values()) found.push({ pipeline, record })
    }
    found.sort((a, b) => a.record.begun_at - b.record.begun_at)
    if (!json) return print(listText(found))
    return printJson(
      found.map(({ pipeline, record }) => ({
        pipeline,
        name: record.name,
        state: record.state,
        begun_at: new Date(record.begun_at).toISOString(),
        ...(record.state === 'done' ? doneFacts(record) : {}),
      })),
    )
  })
}

function doneFacts({ done_at, directory, manifest: { totals, files } }: Done) {
  const { input, output } = totals
  return { done_at: new Date(done_at).toISOString(), directory, input, output, files: files.length }
}

async function show(nameOrRecipe: string, name: string, { broker: where, json }: LookOptions): Promise<void> {
  const { pipeline } = await findPipeline(nameOrRecipe)
  await withBroker(where, async (broker) => {
    const record = await findRefresh(broker, pipeline, name)
    if (json) return printJson(record.state === 'done' ? { ...facts(record), ...record.manifest } : record)
    if (record.state === 'done') return print(manifestText(record.manifest, record.directory))
    return print(`${listText([{ pipeline, record }])}`)
  })
}

function facts({ begun_at, done_at, directory }: Done) {
  return {
    state: 'done',
    begun_at: new Date(begun_at).toISOString(),
    done_at: new Date(done_at).toISOString(),
    directory,
  }
}

async function diff(nameOrRecipe: string, one: string, other: string, options: DiffOptions): Promise<void> {
  const { pipeline } = await findPipeline(nameOrRecipe)
  const codec = createCodec(await schemasInUse())
  await withBroker(options.broker, async (broker) => {
    const [a, b] = [await findDone(broker, pipeline, one), await findDone(broker, pipeline, other)]
    const found = difference(a.manifest, b.manifest)
    const parts = { broker, codec, most: options.limit }
    const documents = options.documents ? await documentsInOne(parts, a.manifest, b.manifest) : null
    if (!options.json) return print(differenceText(found, documents))
    return printJson({
      ...found,
      ...(documents ? { only: Object.fromEntries(documents.map((only, at) => [found.refreshes[at], only])) } : {}),
    })
  })
}

async function findDone(broker: Broker, pipeline: string, name: string): Promise<Done> {
  const record = await findRefresh(broker, pipeline, name)
  if (record.state === 'done') return record
  throw new Failure('usage', `The refresh ${name} of ${pipeline} is not done, so there is nothing to compare yet.`)
}

async function giveUp(nameOrRecipe: string, name: string, { broker: where, json }: LookOptions): Promise<void> {
  const { pipeline, topics } = await findPipeline(nameOrRecipe)
  await withBroker(where, async (broker) => {
    const given = await abandon(broker, pipeline, { name, raw: topics.raw, now: Date.now() })
    if (json) return printJson(given)
    return print(
      `The refresh ${name} of ${pipeline} is given up. What was fed stays on the topics, belongs to no refresh, and is forgotten by the indexes before the next refresh begins.\n`,
    )
  })
}

async function withBroker(where: string | undefined, work: (broker: Broker) => Promise<void>): Promise<void> {
  const broker = await lastingBroker(where)
  try {
    await work(broker)
  } finally {
    await broker.close()
  }
}
