import type { Codec } from '../../../schemas/codec.ts'
import { CodecError } from '../../../schemas/codec-error.ts'
import type { DeadLetter } from '../../../schemas/dead-letter.ts'
import { channelTopic, HEADERS } from '../../../topologies/names.ts'
import type { PlannedOperator, Topology } from '../../../topologies/topology.ts'
import { type Resumption, resumptionOf } from '../../worker/chain/resumption.ts'
import type { FiledLetter } from './filed-letter.ts'

/** Why a letter is not replayed. */
export interface Refusal {
  reason:
    | 'foreign'
    | 'incomplete'
    | 'recipe_changed'
    | 'operator_gone'
    | 'part_of_split'
    | 'stage_unknown'
    | 'too_large'
    | 'attempts'
  sentence: string
}

/** Where a letter goes on. */
export interface Destination {
  resumption: Resumption
  /** The document as it stood before that operator, in wire format; null when the record's value says the same. */
  document: Buffer | null
  /** It goes on earlier than it failed, because its document was too large to be kept. */
  restarted: boolean
}

export interface DestinationParts {
  topology: Topology
  codec: Codec
  /** Whether a letter of another recipe may go on in this one. */
  acceptRecipeChange: boolean
}

type Found = Omit<Destination, 'resumption'> & { operator: Resumption['operator'] }

/** Where in the recipe a letter goes on, or why it cannot. */
export function destinationOf(filed: FiledLetter, parts: DestinationParts): Destination | Refusal {
  const { letter, record } = filed
  if (!letter) return refusal('foreign', 'another program wrote it, and nothing says where it belongs')
  if (record.headers[HEADERS.oversize]) {
    return refusal(
      'incomplete',
      'only the beginning of its line is here: feed the line again, under a larger stream.max_document_bytes',
    )
  }
  const { recipe } = parts.topology
  const former = recipeOf(filed, letter)
  if (former !== recipe && !parts.acceptRecipeChange) {
    return refusal(
      'recipe_changed',
      `it failed under the recipe ${former}, and this one is ${recipe}: --accept-recipe-change lets it go on in this one`,
    )
  }
  const found = letter.operator === null ? beforeOperators(filed, letter, parts) : atOperator(filed, letter, parts)
  if ('reason' in found) return found
  const { operator, document, restarted } = found
  return { resumption: { ...historyOf(filed, letter), operator, recipe }, document, restarted }
}

function refusal(reason: Refusal['reason'], sentence: string): Refusal {
  return { reason, sentence }
}

/** The recipe in which the letter's operator has its place; of one that failed before it got there, that for which it was replayed. */
function recipeOf({ record }: FiledLetter, letter: DeadLetter): string {
  const earlier = letter.operator === null ? resumptionOf(record.headers) : null
  return earlier?.operator ? earlier.recipe : letter.recipe
}

/** What does not depend on where it goes on. */
function historyOf({ id, record }: FiledLetter, letter: DeadLetter): Omit<Resumption, 'operator' | 'recipe'> {
  const earlier = resumptionOf(record.headers)
  const { partition, offset, attempts, first_time } = letter
  return {
    attempts,
    first_time,
    timestamp: earlier?.timestamp ?? letter.timestamp,
    origin: isOfChannel(letter) ? null : earlier ? earlier.origin : { partition, offset },
    letter: id,
  }
}

/** A record that a later stage failed on holds a Document; one of the first stage is as its producer had it. */
function isOfChannel({ topic, pipeline, stage }: DeadLetter): boolean {
  return topic === channelTopic(pipeline, stage)
}

/** A letter that did not decode. One that had been replayed goes on to where it was sent. */
function beforeOperators({ record }: FiledLetter, letter: DeadLetter, parts: DestinationParts): Found | Refusal {
  const earlier = resumptionOf(record.headers)
  const document = record.headers[HEADERS.resumeDocument] ?? null
  if (earlier?.operator) {
    const operator = operatorNow(earlier.operator, earlier.recipe, parts)
    return 'reason' in operator ? operator : { operator, document, restarted: false }
  }
  return isOfChannel(letter) ? atStage(letter, parts) : { operator: null, document, restarted: false }
}

function atOperator(filed: FiledLetter, letter: DeadLetter, parts: DestinationParts): Found | Refusal {
  const failed = { index: letter.operator_index, name: letter.operator ?? '' }
  const operator = operatorNow(failed, letter.recipe, parts)
  if ('reason' in operator) return operator
  if (letter.resumable) return { operator, document: letter.before, restarted: false }
  if (letter.document !== wholeOf(filed, letter, parts.codec)) {
    return refusal(
      'part_of_split',
      'it is a part of a document that was split, and was too large to be kept as it stood: to begin with the whole would double the other parts',
    )
  }
  const start = isOfChannel(letter) ? atStage(letter, parts) : { operator: null, document: null, restarted: true }
  return 'reason' in start ? start : { ...start, restarted: true }
}

/** The operator in today's recipe: in the same place, or, where places may have changed, the only one of its name. */
function operatorNow(
  { index, name }: { index: number; name: string },
  recipe: string,
  { topology }: DestinationParts,
): Pick<PlannedOperator, 'index' | 'name'> | Refusal {
  const operators = topology.stages.flatMap((stage) => stage.operators)
  const namesakes = operators.filter((operator) => operator.name === name)
  const inPlace = namesakes.find((operator) => operator.index === index)
  const only = recipe !== topology.recipe && namesakes.length === 1 ? namesakes[0] : undefined
  const operator = inPlace ?? only
  if (operator) return { index: operator.index, name }
  const now = namesakes.length > 1 ? `the recipe has ${namesakes.length} of them by now` : 'the recipe has it no more'
  return refusal('operator_gone', `it failed in ${name} (process[${index}]), and ${now}`)
}

/** The first operator of the stage that took the record in, as long as the recipe is the same. */
function atStage(letter: DeadLetter, { topology }: DestinationParts): Found | Refusal {
  const operator = topology.stages
    .flatMap(({ operators }) => operators)
    .find(({ index }) => index === letter.stage_start)
  if (operator && letter.recipe === topology.recipe) {
    return { operator: { index: operator.index, name: operator.name }, document: null, restarted: false }
  }
  return refusal(
    'stage_unknown',
    `it can only begin anew in the stage ${letter.stage}, and where that begins is not known in this recipe`,
  )
}

/** The id of the document that the record came in as; null when that is not to be known. */
function wholeOf({ record }: FiledLetter, letter: DeadLetter, codec: Codec): string | null {
  if (!isOfChannel(letter)) {
    const { partition, offset } = resumptionOf(record.headers)?.origin ?? letter
    return `${partition}-${offset}`
  }
  try {
    return record.value && codec.decodeDocument(record.value).id
  } catch (thrown) {
    if (thrown instanceof CodecError) return null
    throw thrown
  }
}
