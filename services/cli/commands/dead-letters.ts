import type { Command } from 'commander'
import { createCodec } from '../../../schemas/codec.ts'
import { Failure } from '../../../topologies/failure.ts'
import { wholeNumber } from '../options.ts'
import { type FiledLetter, readDeadLetter, readDeadLetters } from '../pipelines/dead-letters.ts'
import { findPipeline } from '../pipelines/find-pipeline.ts'
import { lastingBroker, requireTopic } from '../pipelines/lasting-broker.ts'
import { LIST_COLUMNS, letterData, letterRow, letterSummary, letterText, listed } from '../pipelines/letter-text.ts'
import { schemasInUse } from '../schemas-in-use.ts'
import { count, counted } from '../terminal/numbers.ts'
import { print, printJson } from '../terminal/standard-output.ts'
import { table } from '../terminal/table.ts'

interface ListOptions {
  broker?: string
  operator?: string
  code?: string
  limit: number
  json?: boolean
}

interface ShowOptions {
  broker?: string
  raw?: boolean
  json?: boolean
}

const BROKER = 'local, or HOST:PORT,… (default: MILLRACE_BROKERS, else local)'

export function define(command: Command): void {
  command.addHelpText('after', '\nExample:\n  millrace dead-letters list quickstart --code json_broken')
  command
    .command('list')
    .description('what failed, where, and why')
    .argument('<pipeline>', 'name of a pipeline, or its recipe')
    .option('--operator <name>', 'only what failed in this operator; decode for what failed before the first')
    .option('--code <code>', 'only failures of this code')
    .option('--limit <n>', 'show at most so many, the newest', wholeNumber, 50)
    .option('--broker <where>', BROKER)
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  millrace dead-letters list quickstart --code json_broken')
    .action(list)
  command
    .command('show')
    .description('one of them with all its headers, and its value as it came')
    .argument('<pipeline>', 'name of a pipeline, or its recipe')
    .argument('<place>', 'PARTITION-OFFSET, as `dead-letters list` shows it')
    .option('--raw', 'print the bytes of the value and nothing else')
    .option('--broker <where>', BROKER)
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  millrace dead-letters show quickstart 0-17')
    .action(show)
}

async function list(nameOrRecipe: string, options: ListOptions): Promise<void> {
  const named = await findPipeline(nameOrRecipe)
  const topic = named.topics.deadLetters
  const broker = await lastingBroker(options.broker)
  try {
    await requireTopic(broker, named, topic)
    const summary = letterSummary()
    let chosen: FiledLetter[] = []
    let matching = 0
    for await (const letter of readDeadLetters(broker, topic, createCodec(await schemasInUse()))) {
      if (!matches(letter, options)) continue
      matching++
      summary.add(letter)
      chosen.push(letter)
      if (chosen.length >= 2 * options.limit) chosen = newest(chosen, options.limit)
    }
    chosen = newest(chosen, options.limit)
    if (options.json)
      return await printJson({ pipeline: named.pipeline, topic, count: matching, dead_letters: chosen.map(listed) })
    if (matching === 0)
      return await print(`${topic}: nothing failed${options.operator || options.code ? ' that way' : ''}.\n`)
    const shown = matching > chosen.length ? `, the newest ${count(chosen.length)} of them` : ''
    const head = [`${topic}: ${counted(matching, 'dead letter')}${shown}`, ...summary.lines(), '']
    await print(`${[...head, ...table(LIST_COLUMNS, chosen.map(letterRow))].join('\n')}\n`)
  } finally {
    await broker.close()
  }
}

function matches({ letter }: FiledLetter, { operator, code }: ListOptions): boolean {
  if (operator !== undefined && (letter?.operator ?? 'decode') !== operator) return false
  return code === undefined || letter?.code === code
}

/** The last ones by the time at which they failed. */
function newest(letters: FiledLetter[], limit: number): FiledLetter[] {
  return letters
    .sort((a, b) => timeOf(a) - timeOf(b) || a.partition - b.partition || Number(a.offset - b.offset))
    .slice(-limit)
}

function timeOf({ letter, record }: FiledLetter): number {
  return letter?.last_time ?? record.timestamp
}

async function show(nameOrRecipe: string, place: string, options: ShowOptions): Promise<void> {
  const [, partition = '', offset = ''] = /^(\d{1,6})-(\d{1,18})$/.exec(place) ?? []
  if (partition === '')
    throw new Failure('usage', `"${place}" is no place of a dead letter: it must be PARTITION-OFFSET, such as 0-17.`)
  const named = await findPipeline(nameOrRecipe)
  const topic = named.topics.deadLetters
  const broker = await lastingBroker(options.broker)
  try {
    await requireTopic(broker, named, topic)
    const where = { topic, partition: Number(partition), offset: BigInt(offset) }
    const found = await readDeadLetter(broker, where, createCodec(await schemasInUse()))
    if (!found)
      throw new Failure(
        'usage',
        `There is no dead letter ${place} on ${topic}; \`millrace dead-letters list ${nameOrRecipe}\` shows those that are there.`,
      )
    if (options.raw) return await print(found.record.value ?? Buffer.alloc(0))
    if (options.json) return await printJson(letterData(found))
    await print(letterText(found))
  } finally {
    await broker.close()
  }
}
