import { type Command, Option } from 'commander'
import { createCodec } from '../../../schemas/codec.ts'
import type { Document } from '../../../schemas/document.ts'
import { writeSample } from '../../../schemas/sample.ts'
import { attach } from '../../attach/attach.ts'
import { place } from '../../attach/client.ts'
import { wholeNumber } from '../options.ts'
import { findPipeline } from '../pipelines/find-pipeline.ts'
import { lastingBroker, requireTopic } from '../pipelines/lasting-broker.ts'
import { schemasInUse } from '../schemas-in-use.ts'
import { counted } from '../terminal/numbers.ts'
import { print, tell } from '../terminal/standard-output.ts'

interface AttachOptions {
  group?: string
  refresh?: string
  from: 'beginning' | 'end'
  limit?: number
  withStats?: boolean
  json?: boolean
  broker?: string
}

export function define(command: Command): void {
  command
    .argument('<pipeline>', 'recipe of a pipeline, or its name')
    .option(
      '--group <name>',
      'who reads: a group goes on where it stopped (default: <pipeline>.attach, of a refresh <pipeline>.attach.<refresh>)',
    )
    .option('--refresh <name>', 'only the documents of this refresh; ends behind them')
    .addOption(
      new Option('--from <where>', 'where a group begins that is new')
        .choices(['beginning', 'end'])
        .default('beginning'),
    )
    .option('--limit <n>', 'end after so many documents', wholeNumber)
    .option('--with-stats', 'print {"sample", "stats", "id", "source"} in place of the sample alone')
    .option('--json', 'documents are JSON lines in any case; the closing remark on standard error, too')
    .option('--broker <where>', 'local, or HOST:PORT,… (default: MILLRACE_BROKERS, else local)')
    .addHelpText('after', EXAMPLE)
    .action(printDocuments)
}

const EXAMPLE = `
Prints refined documents as JSON lines, and goes on with what comes until Ctrl-C. What has been printed is noted for the group when the
reader of the pipe has taken it; whoever is killed between the two gets the last batch once more.

Example:
  millrace attach refine --group trainer | python train.py
  millrace attach corpus --refresh 2026-11 > 2026-11.jsonl`

async function printDocuments(nameOrRecipe: string, options: AttachOptions): Promise<void> {
  const named = await findPipeline(nameOrRecipe)
  const broker = await lastingBroker(options.broker)
  const codec = createCodec(await schemasInUse())
  const { refresh, from, limit = Number.POSITIVE_INFINITY } = options
  const { group = `${named.pipeline}.attach${refresh === undefined ? '' : `.${refresh}`}` } = options
  let printed = 0
  try {
    await requireTopic(broker, named, named.topics.refined)
    const { pipeline } = named
    const wanted = refresh === undefined ? { topic: named.topics.refined } : { pipeline, refresh }
    await attach({
      broker,
      ...(await place(broker, wanted)),
      group,
      from,
      most: limit,
      signal: whenInterrupted(),
      deliver: async (records) => {
        const documents = records.flatMap(({ value }) => (value ? [codec.decodeDocument(value)] : []))
        await print(Buffer.concat(documents.map((document) => lineOf(document, options.withStats === true))))
        printed += documents.length
      },
    })
  } finally {
    await broker.close()
  }
  tell(options.json ? JSON.stringify({ group, documents: printed }) : `${counted(printed, 'document')} for ${group}.`)
}

function lineOf(document: Document, withStats: boolean): Buffer {
  const sample = writeSample(document, { dropInternal: true })
  if (!withStats) return Buffer.concat([sample, Buffer.from('\n')])
  const { id, source, stats } = document
  const about = JSON.stringify({ id, source, stats }).slice(1)
  return Buffer.concat([Buffer.from('{"sample":'), sample, Buffer.from(`,${about}\n`)])
}

/** To be interrupted is how this command ends: it is no failure. */
function whenInterrupted(): AbortSignal {
  const controller = new AbortController()
  process.once('SIGINT', () => controller.abort())
  process.once('SIGTERM', () => controller.abort())
  return controller.signal
}
