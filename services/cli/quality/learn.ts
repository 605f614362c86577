import { setTimeout as sleep } from 'node:timers/promises'
import { Failure } from '../../../topologies/failure.ts'
import { assetDirectory } from '../../assets/directory.ts'
import type { Broker } from '../../brokers/broker.ts'
import { readLinearModel } from '../../models/quality/classifier.ts'
import { bucketCounter } from '../../models/quality/features.ts'
import { logisticRegression, TrainingSet } from '../../models/quality/training.ts'
import { wordsBy } from '../../operators/quality/scorer.ts'
import { findPipeline } from '../pipelines/find-pipeline.ts'
import { lastingBroker, requireTopic } from '../pipelines/lasting-broker.ts'
import { assetsPath } from '../settings.ts'
import { interruption } from '../terminal/interruption.ts'
import { print, printJson } from '../terminal/standard-output.ts'
import { type Feedback, feedbackTopic, readFeedback, requireFeedbackTopic } from './feedback-topic.ts'
import { textsOf } from './labelled.ts'
import { placeOf, writeModel } from './model-files.ts'

export interface LearnOptions {
  model: string
  positive: string[]
  negative: string[]
  samples?: number
  seed: number
  weight: number
  l2: number
  iterations: number
  buckets: number
  tokenizer: string
  follow?: boolean
  interval: number
  textKey: string
  broker?: string
  assets?: string
  json?: boolean
}

/** What a model learns from besides feedback. */
interface Corpus {
  text: string
  positive: boolean
}

/**
 * Trains the classifier of a pipeline's scorers on corpora and on what people said, and puts it in the place of the former one,
 * with the next version. With `follow` it does so again whenever something new was said, until it is interrupted.
 */
export async function learn(name: string, options: LearnOptions): Promise<void> {
  const named = await findPipeline(name)
  const corpus = await corpusOf(options)
  const broker = await lastingBroker(options.broker)
  const topic = feedbackTopic(named.pipeline)
  try {
    if (options.follow) await requireFeedbackTopic(broker, topic)
    else await requireTopic(broker, named, topic)
    await learnFrom(broker, topic, { corpus, options })
  } finally {
    await broker.close()
  }
}

interface Lesson {
  corpus: Corpus[]
  options: LearnOptions
}

async function learnFrom(broker: Broker, topic: string, { corpus, options }: Lesson): Promise<void> {
  const feedback = new Map<string, boolean>()
  let next = await gather(broker, topic, { feedback, from: 0n })
  await publish(corpus, feedback, options)
  if (!options.follow) return
  const signal = interruption('Interrupted; the last model stays.')
  while (!signal.aborted) {
    await sleep(options.interval * 1000, undefined, { signal }).catch(() => undefined)
    const known = next
    if (!signal.aborted) next = await gather(broker, topic, { feedback, from: known })
    if (next > known) await publish(corpus, feedback, options)
  }
}

/** Notes what was said since; gives the offset behind it. */
async function gather(
  broker: Broker,
  topic: string,
  { feedback, from }: { feedback: Map<string, boolean>; from: bigint },
): Promise<bigint> {
  let next = from
  for await (const batch of broker.read(topic, { from: new Map([[0, from]]), partitions: [0], until: 'end' })) {
    for (const { value } of batch.records) {
      const said: Feedback | null = readFeedback(value)
      if (said) feedback.set(said.text, said.positive)
    }
    next = batch.next
  }
  return next
}

async function publish(corpus: Corpus[], feedback: Map<string, boolean>, options: LearnOptions): Promise<void> {
  const { name, context } = placeOf(options.model, assetsPath(options.assets))
  const version = nextVersion(name, context)
  const count = bucketCounter(options.buckets, wordsBy(options.tokenizer, assetDirectory(assetsPath(options.assets))))
  const set = new TrainingSet()
  for (const { text, positive } of corpus) if (!feedback.has(text)) set.add(count(text), positive)
  for (const [text, positive] of feedback) for (let i = 0; i < options.weight; i++) set.add(count(text), positive)
  if (set.size === 0) throw new Failure('input_invalid', 'There is nothing to learn from: no corpus, and no feedback.')
  const { iterations, l2, buckets, tokenizer } = options
  const fitted = logisticRegression(set, buckets, { iterations, l2, tolerance: 1e-6 })
  const about = { texts: String(corpus.length), feedback: String(feedback.size) }
  const { weights, bias } = fitted
  await writeModel(`${context.assets}/${name}`, { weights, bias, tokenizer, version, about })
  const report = {
    model: options.model,
    version,
    texts: corpus.length,
    feedback: feedback.size,
    iterations: fitted.iterations,
  }
  if (options.json) return printJson(report)
  await print(`${options.model} version ${version}: ${corpus.length} texts of corpora, ${feedback.size} of feedback\n`)
}

/** The number behind that of the model that is there. Whatever else is there is not overwritten: throws `asset_invalid`. */
function nextVersion(name: string, context: ReturnType<typeof placeOf>['context']): string {
  if (context.assetState?.(name) === null) return '1'
  const { version } = readLinearModel(name, context.readAsset(name))
  return String((Number.parseInt(version, 10) || 0) + 1)
}

async function corpusOf(options: LearnOptions): Promise<Corpus[]> {
  const skip = () => undefined
  const corpus: Corpus[] = []
  for (const positive of [true, false]) {
    const paths = positive ? options.positive : options.negative
    if (paths.length === 0) continue
    for (const text of await textsOf(paths, options, skip)) corpus.push({ text, positive })
  }
  return corpus
}
