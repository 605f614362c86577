import type { FiledLetter } from './filed-letter.ts'

/** Which dead letters are meant: those to which everything applies that is given. */
export interface LetterChoice {
  /** Places on the dead-letter topic, `<partition>-<offset>`. */
  ids?: readonly string[]
  /** Name of the operator that failed; `decode` for what failed before the first. */
  operator?: string
  code?: string
  stage?: string
  /** A recipe's fingerprint, or how it begins. */
  recipe?: string
  /** A file, a place in it (`file:line`), or a directory with a slash behind it. */
  source?: string
  /** When it failed last: from this time on, and before that. Milliseconds since the epoch. */
  since?: number
  until?: number
}

/** The name under which failures before the first operator go. */
export const DECODE = 'decode'

export function isChosen(filed: FiledLetter, choice: LetterChoice): boolean {
  const { id, letter } = filed
  const { ids, operator, code, stage, recipe, source } = choice
  if (ids !== undefined && !ids.includes(id)) return false
  if (!failedWithin(filed, choice)) return false
  if (!letter) return [operator, code, stage, recipe, source].every((given) => given === undefined)
  if (operator !== undefined && (letter.operator ?? DECODE) !== operator) return false
  if (code !== undefined && letter.code !== code) return false
  if (stage !== undefined && letter.stage !== stage) return false
  if (recipe !== undefined && !letter.recipe.startsWith(recipe)) return false
  return source === undefined || comesFrom(letter.source ?? '', source)
}

/** When a letter failed last; when it was written, if it has no story. Milliseconds since the epoch. */
export function timeOf({ letter, record }: FiledLetter): number {
  return letter?.last_time ?? record.timestamp
}

function failedWithin(filed: FiledLetter, { since, until }: LetterChoice): boolean {
  const time = timeOf(filed)
  return (since === undefined || time >= since) && (until === undefined || time < until)
}

function comesFrom(source: string, place: string): boolean {
  return source === place || source.startsWith(place.endsWith('/') ? place : `${place}:`)
}
