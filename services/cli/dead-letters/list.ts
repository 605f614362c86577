import { createCodec } from '../../../schemas/codec.ts'
import { isChosen, timeOf } from '../../pipeline/replay/choice.ts'
import { type FiledLetter, readDeadLetters } from '../../pipeline/replay/filed-letter.ts'
import { type LetterState, readMarks } from '../../pipeline/replay/marks.ts'
import { findPipeline } from '../pipelines/find-pipeline.ts'
import { lastingBroker, requireTopic } from '../pipelines/lasting-broker.ts'
import { schemasInUse } from '../schemas-in-use.ts'
import { count, counted } from '../terminal/numbers.ts'
import { print, printJson } from '../terminal/standard-output.ts'
import { table } from '../terminal/table.ts'
import { type ChoiceOptions, choiceOf } from './options.ts'
import { LIST_COLUMNS, letterRow, letterSummary, listed } from './text.ts'

export interface ListOptions extends ChoiceOptions {
  broker?: string
  json?: boolean
  all?: boolean
  limit: number
}

/** Shows what failed and is not settled, or all that failed. */
export async function list(nameOrRecipe: string, options: ListOptions): Promise<void> {
  const named = await findPipeline(nameOrRecipe)
  const topic = named.topics.deadLetters
  const broker = await lastingBroker(options.broker)
  try {
    await requireTopic(broker, named, topic)
    const codec = createCodec(await schemasInUse())
    const marks = await readMarks(broker, named.topics.ledger, codec)
    const choice = choiceOf(options)
    const summary = letterSummary()
    let chosen: StatedLetter[] = []
    let matching = 0
    for await (const letter of readDeadLetters(broker, topic, codec)) {
      const state = marks.of(letter)
      if ((state !== 'outstanding' && !options.all) || !isChosen(letter, choice)) continue
      matching++
      summary.add(letter)
      chosen.push({ ...letter, state })
      if (chosen.length >= 2 * options.limit) chosen = newest(chosen, options.limit)
    }
    await showList(
      { pipeline: named.pipeline, topic, matching, chosen: newest(chosen, options.limit) },
      options,
      summary,
    )
  } finally {
    await broker.close()
  }
}

type StatedLetter = FiledLetter & { state: LetterState }

interface FoundLetters {
  pipeline: string
  topic: string
  matching: number
  chosen: StatedLetter[]
}

async function showList(
  { pipeline, topic, matching, chosen }: FoundLetters,
  options: ListOptions,
  summary: ReturnType<typeof letterSummary>,
): Promise<void> {
  if (options.json) {
    const rows = chosen.map((letter) => ({ ...listed(letter), state: letter.state }))
    return printJson({ pipeline, topic, count: matching, dead_letters: rows })
  }
  const kind = options.all ? 'dead letter' : 'outstanding dead letter'
  if (matching === 0)
    return print(`${topic}: no ${kind}${Object.keys(choiceOf(options)).length > 0 ? ' is chosen' : ''}.\n`)
  const shown = matching > chosen.length ? `, the newest ${count(chosen.length)} of them` : ''
  const head = [`${topic}: ${counted(matching, kind)}${shown}`, ...summary.lines(), '']
  const columns = options.all ? [...LIST_COLUMNS, { head: 'state' }] : LIST_COLUMNS
  const rows = chosen.map((letter) => (options.all ? [...letterRow(letter), letter.state] : letterRow(letter)))
  await print(`${[...head, ...table(columns, rows)].join('\n')}\n`)
}

/** The last ones by the time at which they failed. */
function newest<T extends FiledLetter>(letters: T[], limit: number): T[] {
  return letters
    .sort((a, b) => timeOf(a) - timeOf(b) || a.partition - b.partition || Number(a.offset - b.offset))
    .slice(-limit)
}
