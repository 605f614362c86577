import type { Exact } from '../../../schemas/json/exact.ts'
import { Failure } from '../../../topologies/failure.ts'
import { type Change, type Subject, TAGS } from '../../../topologies/operator.ts'
import { get, isDict } from '../python/values.ts'

/** `sample[key]`: throws Failure `operator_failed` for a field that is missing. */
export function required(subject: Subject, key: string): Exact {
  const value = subject.exact(key)
  if (value !== undefined) return value
  throw new Failure('operator_failed', `The sample has no field ${key}.`)
}

/** The tag of this name; undefined when the sample has none. */
export function tagOf(subject: Subject, name: string): Exact | undefined {
  const tags = subject.exact(TAGS)
  return isDict(tags) ? get(tags, name) : undefined
}

/** Whether a sample has all of these tags: what was found out before is not asked again. */
export function hasTags(subject: Subject, names: string[]): boolean {
  return names.every((name) => tagOf(subject, name) !== undefined)
}

/** A sample with these tags, and without its text where that is not wanted any more. */
export function tagged(subject: Subject, tags: { [name: string]: Exact }, dropText: boolean): Change {
  if (!dropText) return { tags }
  const others = subject.keys().filter((key) => key !== subject.textKey && key !== TAGS)
  const fields = Object.fromEntries(others.map((key) => [key, subject.exact(key) ?? null]))
  const there = subject.exact(TAGS)
  return { whole: true, fields, tags: { ...(there instanceof Map ? Object.fromEntries(there) : {}), ...tags } }
}

const PUNCTUATION = /[\u3000-\u303f\uff00-\uffef!"#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~]/

/** The parts of a text between marks of punctuation, as Data-Juicer's `split_text_by_punctuation` has them. */
export function partsBetweenPunctuation(text: string, strip: (text: string) => string): string[] {
  const parts = text
    .split(PUNCTUATION)
    .map(strip)
    .filter((part) => part !== '')
  return parts.length > 0 ? parts : [text]
}
