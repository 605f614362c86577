import { type Command, Option } from 'commander'
import { Failure } from '../../../topologies/failure.ts'
import { exportFormatOf } from '../../../topologies/recipe/export.ts'
import type { Broker } from '../../brokers/broker.ts'
import { expandInputs, STANDARD } from '../../connectors/files.ts'
import { FORMATS, type Format } from '../../connectors/formats.ts'
import { isObject } from '../../connectors/object-address.ts'
import type { OutputFormat } from '../../connectors/writers/sample-writer.ts'
import type { FeedLine } from '../../pipeline/feed.ts'
import { wholeNumber } from '../options.ts'
import { lastingBroker } from '../pipelines/lasting-broker.ts'
import { userPath } from '../settings.ts'
import { linesOf } from '../sources/open-source.ts'
import { abortable, interruption } from '../terminal/interruption.ts'
import { counted, duration } from '../terminal/numbers.ts'
import { print, printJson, tell } from '../terminal/standard-output.ts'
import { convertLines, convertWhole, engineCan, selected } from './convert-files.ts'
import { fillTopic, topicLines, topicOf } from './convert-topics.ts'

interface ConvertOptions {
  fromFormat?: Format
  format?: OutputFormat
  select?: string
  broker?: string
  partitions?: number
  json?: boolean
}

const OUTPUT_FORMATS: readonly OutputFormat[] = ['jsonl', 'json', 'parquet']
/** Progress comes no more often. Milliseconds. */
const PAUSE = 5_000

export function define(command: Command): void {
  command
    .argument('<from>', 'a file, directory, pattern, s3://BUCKET/KEY, topic:NAME, or - for standard input')
    .argument('<to>', 'a file (.jsonl, .json, plain, .gz or .zst, or .parquet), topic:NAME, or - for standard output')
    .addOption(
      new Option('--from-format <format>', 'how samples lie in what is read (default: by ending)').choices(FORMATS),
    )
    .addOption(new Option('--format <format>', 'what is written (default: by ending)').choices(OUTPUT_FORMATS))
    .option('--select <fields>', 'these fields only, in this order, with commas between them')
    .option('--broker <where>', 'local, or HOST:PORT,… (default: MILLRACE_BROKERS, else local)')
    .option('--partitions <n>', 'partitions of a topic that is made anew (default: 1)', wholeNumber)
    .option('--json', 'print one JSON object')
    .addHelpText('after', EXAMPLE)
    .action(convert)
}

const EXAMPLE = `
Topics are read up to their present end, committed records only, and written in transactions.

Example:
  millrace convert corpus/ corpus.parquet --select text,url
  millrace convert topic:news.refined news.jsonl.zst`

async function convert(from: string, to: string, options: ConvertOptions): Promise<void> {
  const started = performance.now()
  const source = topicOf(from)
  const target = topicOf(to)
  if (target !== null && options.format !== undefined)
    throw new Failure('usage', 'A topic holds JSON: leave --format out.')
  const signal = interruption('Interrupted; nothing was left half-written.')
  const broker = source !== null || target !== null ? await lastingBroker(options.broker) : null
  try {
    const done = await converted({ from, to, source, target, options, broker, signal })
    const seconds = (performance.now() - started) / 1000
    if (options.json) return await printJson({ from, to, ...done, seconds })
    const news = `${from} -> ${to}: ${counted(done.rows, 'sample')} in ${duration(seconds)}\n`
    if (to === STANDARD) tell(news.trimEnd())
    else await print(news)
  } finally {
    await broker?.close()
  }
}

interface Job {
  from: string
  to: string
  source: string | null
  target: string | null
  options: ConvertOptions
  broker: Broker | null
  signal: AbortSignal
}

async function converted({ from, to, source, target, options, broker, signal }: Job): Promise<{ rows: number }> {
  const select = (options.select ?? '').split(',').filter((field) => field !== '')
  const files = source === null ? await expandInputs([isObject(from) ? from : userPath(from)]) : []
  const onRows = progress()
  if (target === null) {
    const onPercent = (percent: number) => tell(`${Math.max(0, percent).toFixed(0)} %`)
    const format = options.format ?? formatFor(to)
    const [only = ''] = files
    const whole = { from: only, to: userPath(to), fromFormat: options.fromFormat, format, select, signal, onPercent }
    if (files.length === 1 && engineCan(whole)) {
      const done = await convertWhole(whole).catch(lineByLine)
      if (done) return done
    }
    const lines = linesFrom({ files, source, broker, options, signal })
    return convertLines({ lines: abortable(lines, signal), to: userPath(to), format, select, onRows })
  }
  if (!broker) throw new Failure('usage', 'A topic needs a broker.')
  const lines = linesFrom({ files, source, broker, options, signal })
  const partitions = options.partitions ?? 1
  const values = objectsOf(abortable(lines, signal), select)
  return fillTopic({ broker, topic: target, lines: values, partitions, onRows, signal })
}

/** What the engine cannot read is read again with our own eyes, which name the line, or can. */
function lineByLine(thrown: unknown): null {
  if (thrown instanceof Failure && thrown.code === 'input_corrupt') return null
  throw thrown
}

type Origin = Pick<Job, 'source' | 'broker' | 'options' | 'signal'> & { files: string[] }

function linesFrom({ files, source, broker, options, signal }: Origin): AsyncIterable<FeedLine[]> {
  if (source !== null && broker) return topicLines(broker, source, signal)
  return linesOf(files, undefined, options.fromFormat)
}

async function* objectsOf(lines: AsyncIterable<FeedLine[]>, select: readonly string[]): AsyncGenerator<FeedLine[]> {
  for await (const group of lines) yield group.map((line) => ({ ...line, bytes: selected(line, select) }))
}

function formatFor(path: string): OutputFormat {
  if (path === STANDARD) return 'jsonl'
  const { format, suffix, packed } = exportFormatOf(path)
  if (format === null || (format === 'parquet' && packed)) {
    throw new Failure('usage', `Nothing is written as .${suffix}: name a .jsonl, .json or .parquet file, or --format.`)
  }
  return format
}

/** Says now and then how far it is. */
function progress(): (rows: number) => void {
  let last = performance.now()
  return (rows) => {
    if (performance.now() - last < PAUSE) return
    last = performance.now()
    tell(counted(rows, 'sample'))
  }
}
