import { userInfo } from 'node:os'
import { type Command, Option } from 'commander'
import { readSample } from '../../../schemas/sample.ts'
import { Failure } from '../../../topologies/failure.ts'
import { inputLines } from '../input-lines.ts'
import { findPipeline } from '../pipelines/find-pipeline.ts'
import { lastingBroker } from '../pipelines/lasting-broker.ts'
import {
  type FeedbackVerdict,
  feedbackRecord,
  feedbackTopic,
  requireFeedbackTopic,
  VERDICTS,
} from '../quality/feedback-topic.ts'
import { counted } from '../terminal/numbers.ts'
import { print, printJson } from '../terminal/standard-output.ts'

interface FeedbackOptions {
  as: FeedbackVerdict
  text?: string[]
  input?: string[]
  textKey: string
  by?: string
  broker?: string
  json?: boolean
}

const MAX_DEPTH = 512

export function define(command: Command): void {
  const verdicts = new Option('--as <verdict>', 'what the texts are').choices(Object.keys(VERDICTS))
  command
    .argument('<pipeline>', 'name of a pipeline, or its recipe')
    .addOption(verdicts.makeOptionMandatory())
    .option('--text <text...>', 'the texts themselves')
    .option('--input <path...>', 'JSON lines with the texts: files, or - for standard input')
    .option('--text-key <key>', 'field that holds the text', 'text')
    .option('--by <name>', 'who says so (default: the user of this machine)')
    .option('--broker <where>', 'local, or HOST:PORT,… (default: MILLRACE_BROKERS, else local)')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\n`quality learn` makes classifiers that know of it.\n\nExample:\n  millrace feedback refine --as toxic --text "you are a stupid idiot"',
    )
    .action(tellOf)
}

/** Writes down what a person says of texts, for classifiers to learn from. */
async function tellOf(name: string, options: FeedbackOptions): Promise<void> {
  const { pipeline } = await findPipeline(name)
  const texts = await textsOf(options)
  const broker = await lastingBroker(options.broker)
  try {
    const topic = feedbackTopic(pipeline)
    await requireFeedbackTopic(broker, topic)
    const said = { verdict: options.as, by: options.by ?? userInfo().username, at: new Date().toISOString() }
    const records = texts.map((text) => feedbackRecord({ text, positive: VERDICTS[options.as] }, said))
    const producer = await broker.producer()
    try {
      await producer.send([{ topic, partition: 0, records }])
    } finally {
      await producer.close()
    }
    if (options.json) return await printJson({ pipeline, topic, records: records.length, as: options.as })
    await print(`${counted(records.length, 'text')} noted as ${options.as} on ${topic}\n`)
  } finally {
    await broker.close()
  }
}

async function textsOf({ text = [], input, textKey }: FeedbackOptions): Promise<string[]> {
  const texts = [...text]
  for await (const lines of input ? await inputLines(input, { suffixes: [] }) : []) {
    for (const { bytes, place, oversize } of lines) {
      if (oversize) throw new Failure('document_too_large', `${place} has ${oversize.length} bytes.`)
      texts.push(readSample(bytes, { textKey, maxDepth: MAX_DEPTH }).text)
    }
  }
  if (texts.length > 0) return texts
  throw new Failure('usage', 'There is no text: give some by --text, or by --input.')
}
