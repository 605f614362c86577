import { createCodec } from '../../../schemas/codec.ts'
import { Failure } from '../../../topologies/failure.ts'
import { readDeadLetter } from '../../pipeline/replay/filed-letter.ts'
import { readMarks } from '../../pipeline/replay/marks.ts'
import { findPipeline } from '../pipelines/find-pipeline.ts'
import { lastingBroker, requireTopic } from '../pipelines/lasting-broker.ts'
import { schemasInUse } from '../schemas-in-use.ts'
import { print, printJson } from '../terminal/standard-output.ts'
import { letterData, letterText } from './text.ts'

export interface ShowOptions {
  broker?: string
  json?: boolean
  raw?: boolean
}

/** Shows one dead letter, whole. */
export async function show(nameOrRecipe: string, where: string, options: ShowOptions): Promise<void> {
  const [, partition = '', offset = ''] = /^(\d{1,6})-(\d{1,18})$/.exec(where) ?? []
  if (partition === '')
    throw new Failure('usage', `"${where}" is no place of a dead letter: it must be PARTITION-OFFSET, such as 0-17.`)
  const named = await findPipeline(nameOrRecipe)
  const topic = named.topics.deadLetters
  const broker = await lastingBroker(options.broker)
  try {
    await requireTopic(broker, named, topic)
    const codec = createCodec(await schemasInUse())
    const found = await readDeadLetter(broker, { topic, partition: Number(partition), offset: BigInt(offset) }, codec)
    if (!found)
      throw new Failure(
        'usage',
        `There is no dead letter ${where} on ${topic}; \`millrace dead-letters list ${nameOrRecipe}\` shows those that are there.`,
      )
    if (options.raw) return await print(found.record.value ?? Buffer.alloc(0))
    const state = (await readMarks(broker, named.topics.ledger, codec)).of(found)
    if (options.json) return await printJson({ ...letterData(found), state })
    await print(letterText(found, state))
  } finally {
    await broker.close()
  }
}
