import { hash } from 'node:crypto'
import { Failure } from '../../../topologies/failure.ts'
import type { PythonModule } from './python-classes.ts'
import { translatePattern } from './python-pattern.ts'
import { lower, strip } from './python-strings.ts'

/** Blanks, digits and the punctuation of ASCII, as Data-Juicer's exact deduplicators write them. */
const NO_CHARACTER = '\\s+|\\d+|[!-/:-@\\[-`{-~]'

/** What of a text counts when it is compared for equality. */
export interface Bareness {
  lowercase: boolean
  /** Whether blanks, digits and punctuation are taken out, as this module of Python's knows them. */
  without: PythonModule | null
}

/** A text's MD5, of what is left of it, less the blanks at its ends. Throws `operator_failed` for one that has no UTF-8. */
export function bareHash({ lowercase, without }: Bareness): (value: string) => Buffer {
  const regExp = without && translatePattern(NO_CHARACTER, without, { bare: true }).regExp
  return (value) => {
    requireWellFormed(value)
    const cased = lowercase ? lower(value) : value
    return hash('md5', strip(regExp ? cased.replace(regExp, '') : cased), 'buffer')
  }
}

/** Throws `operator_failed` for a text with half of a surrogate pair, which has no UTF-8 and so no hash. */
export function requireWellFormed(value: string): void {
  if (!value.isWellFormed()) throw new Failure('operator_failed', 'The text holds half of a surrogate pair.')
}
