import type { Exact } from '../../../schemas/json/exact.ts'
import type { BatchMapper, Subject } from '../../../topologies/operator.ts'
import type { CommonParameters } from '../../../topologies/parameters.ts'
import { type Asking, askingMapper, askUntilUsable, dialogue } from './asking.ts'
import { required } from './fields.ts'

/** A question and its answer; null for what stays as it is. */
export interface Pair {
  query: string | null
  response: string | null
}

/** The fields of a pair. */
export interface PairKeys {
  query: string
  response: string
}

/** Where a recipe has the question and the answer. */
export function pairKeys({ query_key: query, response_key: response }: CommonParameters): PairKeys {
  return { query: query ?? 'query', response: response ?? 'response' }
}

/** The values of a pair, whatever they are. Throws Failure `operator_failed` for a field that is missing. */
export function pairOf(subject: Subject, keys: PairKeys): [query: Exact, response: Exact] {
  return [required(subject, keys.query), required(subject, keys.response)]
}

export interface Rewriting {
  asking: Asking
  keys: PairKeys
  system: string
  questionOf(subject: Subject): string
  /** What an answer makes of the pair; null for an answer of no use. */
  read(answer: string): Pair | null
}

/** A mapper that puts in a pair's place what the model makes of it; where it makes nothing of it, the pair stays. */
export function rewriting({ asking, keys, system, questionOf, read }: Rewriting): BatchMapper {
  return askingMapper(asking, async (subject) => {
    const pair = await askUntilUsable(asking, dialogue(system, questionOf(subject)), {
      read,
      isUsable: ({ query, response }) => Boolean(query || response),
    })
    const fields: { [key: string]: Exact } = {}
    if (pair?.query) fields[keys.query] = pair.query
    if (pair?.response) fields[keys.response] = pair.response
    return [{ fields }]
  })
}
