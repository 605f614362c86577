import { join } from 'node:path'
import type { Command } from 'commander'
import { createCodec } from '../../../schemas/codec.ts'
import { Failure } from '../../../topologies/failure.ts'
import type { Topology } from '../../../topologies/topology.ts'
import type { Broker } from '../../brokers/broker.ts'
import { findInIndex, forgetInIndex, readIndex } from '../../dataset/index-log.ts'
import { loadRecipe, planRecipe } from '../load-recipe.ts'
import { lastingBroker } from '../pipelines/lasting-broker.ts'
import { schemasInUse } from '../schemas-in-use.ts'
import { home, userPath } from '../settings.ts'
import { counted } from '../terminal/numbers.ts'
import { print, printJson, tell } from '../terminal/standard-output.ts'
import { table } from '../terminal/table.ts'
import { findIndex, indexNames, recordsIn } from './find-index.ts'
import { indexText, probeLine, reportOnIndex } from './index-reports.ts'
import { restoreSnapshot, takeSnapshot } from './snapshots.ts'

interface IndexOptions {
  broker?: string
  json?: boolean
}

interface ChoiceOptions extends IndexOptions {
  id?: string[]
  source?: string[]
  pipeline?: string
  dryRun?: boolean
}

const NAME = 'name of an index: stream.index of its recipe, or the pipeline that made it while it was up'

export function define(command: Command): void {
  command.addHelpText('after', '\nExample:\n  millrace index show all-months')
  const sub = (name: string, summary: string) => command.command(name).description(summary)
  sub('list', 'the indexes that outlive their runs')
    .addHelpText('after', '\nExample:\n  millrace index list --json')
    .action(list)
  sub('show', 'what an index holds, and what it costs')
    .argument('<index>', NAME)
    .addHelpText('after', '\nExample:\n  millrace index show all-months')
    .action(show)
  chosen(sub('lookup', 'what an index knows of documents'))
    .addHelpText('after', '\nExample:\n  millrace index lookup all-months --source web.jsonl:17')
    .action(lookup)
  sub('export', 'all documents of an index with their keys, as JSON lines')
    .argument('<index>', NAME)
    .addHelpText('after', '\nExample:\n  millrace index export all-months > all-months.jsonl')
    .action(exportAll)
  chosen(sub('forget', 'let an index forget documents, so that what is like them is no duplicate any more'))
    .option('--dry-run', 'say what would be forgotten, and do nothing')
    .addHelpText('after', '\nExample:\n  millrace index forget all-months --source web.jsonl:17 --dry-run')
    .action(forget)
  sub('snapshot', "copy a resting pipeline's index stores, so that they need not be made anew from their logs")
    .argument('<recipe>', 'the recipe of the pipeline')
    .requiredOption('--to <directory>', 'where the copy goes')
    .addHelpText('after', '\nExample:\n  millrace index snapshot recipes/monthly.yaml --to /backup/indexes')
    .action(snapshot)
  sub('restore', 'put a snapshot in its place: only what was logged since is read again')
    .argument('<recipe>', 'the recipe of the pipeline')
    .requiredOption('--from <directory>', 'where the snapshot is')
    .addHelpText('after', '\nExample:\n  millrace index restore recipes/monthly.yaml --from /backup/indexes')
    .action(restore)
  for (const one of command.commands) {
    one
      .option('--broker <where>', 'local, or HOST:PORT,… (default: MILLRACE_BROKERS, else local)')
      .option('--json', 'print JSON')
  }
}

/** Without stream.index a pipeline has indexes while it is up. */
async function withIndexes(path: string): Promise<Topology> {
  const loaded = await loadRecipe(path)
  return planRecipe(loaded, { continuous: loaded.recipe.stream.index === undefined })
}

async function snapshot(recipe: string, { to, json }: { to: string; json?: boolean }): Promise<void> {
  const topology = await withIndexes(recipe)
  const shards = await takeSnapshot(topology, join(home(), 'stores'), userPath(to))
  await (json ? printJson({ shards, to }) : print(`${counted(shards, 'shard')} copied to ${to}\n`))
}

async function restore(recipe: string, { from, json }: { from: string; json?: boolean }): Promise<void> {
  const topology = await withIndexes(recipe)
  const shards = await restoreSnapshot(topology, join(home(), 'stores'), userPath(from))
  await (json ? printJson({ shards, from }) : print(`${counted(shards, 'shard')} restored from ${from}\n`))
}

function chosen(command: Command): Command {
  return command
    .argument('<index>', NAME)
    .option('--id <id...>', 'documents with these ids')
    .option('--source <source...>', 'documents that came from here: file:line')
    .option('--pipeline <name>', 'only documents of this pipeline')
}

async function list({ broker: where, json }: IndexOptions): Promise<void> {
  await withBroker(where, async (broker) => {
    const rows = await Promise.all(
      (await indexNames(broker)).map(async (index) => {
        const topic = `${index}.index`
        return { index, topic, shards: await broker.partitions(topic), blocks: await recordsIn(broker, topic) }
      }),
    )
    if (json) return printJson(rows)
    if (rows.length === 0) return print('There is no index: one is made by a recipe with stream.index, or by `up`.\n')
    const columns = [{ head: 'index' }, { head: 'shards', right: true }, { head: 'blocks', right: true }]
    const lines = table(
      columns,
      rows.map(({ index, shards, blocks }) => [index, String(shards), String(blocks)]),
    )
    return print(`${lines.join('\n')}\n`)
  })
}

async function show(name: string, { broker: where, json }: IndexOptions): Promise<void> {
  await withBroker(where, async (broker) => {
    const report = await reportOnIndex(broker, await findIndex(broker, name), createCodec(await schemasInUse()))
    await (json ? printJson(report) : print(indexText(report)))
  })
}

async function lookup(name: string, options: ChoiceOptions): Promise<void> {
  await withBroker(options.broker, async (broker) => {
    const { probes } = await choose(broker, name, options)
    for (const { pipeline, shard, document } of probes) await print(probeLine(pipeline, shard, document))
    if (probes.length === 0) tell('The index knows no such document.')
  })
}

async function exportAll(name: string, { broker: where }: IndexOptions): Promise<void> {
  await withBroker(where, async (broker) => {
    const topic = await findIndex(broker, name)
    for await (const { shard, block } of readIndex(broker, topic, createCodec(await schemasInUse()))) {
      const lines = block.documents.map((document) => probeLine(block.pipeline, shard, document))
      if (lines.length > 0) await print(lines.join(''))
    }
  })
}

async function forget(name: string, options: ChoiceOptions): Promise<void> {
  await withBroker(options.broker, async (broker) => {
    const { topic, probes, codec } = await choose(broker, name, options)
    const documents = [...new Set(probes.map(({ pipeline, document }) => `${pipeline} ${document.id}`))]
    if (!options.dryRun && probes.length > 0) await forgetInIndex(broker, topic, probes, codec)
    if (options.json)
      return printJson({ topic, forgotten: documents.length, documents, dry_run: options.dryRun === true })
    const verb = options.dryRun
      ? 'would be forgotten'
      : 'forgotten: what is like them from now on is no duplicate of them'
    return print(`${counted(documents.length, 'document')} ${verb}\n${documents.map((one) => `  ${one}\n`).join('')}`)
  })
}

async function choose(broker: Broker, name: string, { id = [], source = [], pipeline }: ChoiceOptions) {
  if (id.length === 0 && source.length === 0) {
    throw new Failure(
      'usage',
      'Say which documents: by --id, as a rejected duplicate names its original, or by --source.',
    )
  }
  const topic = await findIndex(broker, name)
  const codec = createCodec(await schemasInUse())
  const [ids, sources] = [new Set(id), new Set(source)]
  const probes = await findInIndex(broker, topic, {
    codec,
    wanted: (from, document) =>
      (pipeline === undefined || pipeline === from) && (ids.has(document.id) || sources.has(document.source)),
  })
  return { topic, probes, codec }
}

async function withBroker(where: string | undefined, work: (broker: Broker) => Promise<void>): Promise<void> {
  const broker = await lastingBroker(where)
  try {
    await work(broker)
  } finally {
    await broker.close()
  }
}
