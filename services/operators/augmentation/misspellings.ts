import type { OperatorContext } from '../../../topologies/operator.ts'
import { readListed } from './listed-asset.ts'

/** Words with what they are written in place of, and what is written in place of them. */
export type Misspellings = ReadonlyMap<string, readonly string[]>

const ASSET = 'nlpaug/spelling_en.txt'
const ORIGIN = 'It is res/word/spelling/spelling_en.txt of the Python package nlpaug 1.1.11.'

/**
 * nlpaug's list of misspelt words, from the asset store: a word a line, with its misspellings behind it, between blanks. It is
 * used in both directions. Throws Failure `asset_missing`.
 */
export function loadMisspellings(context: OperatorContext): Misspellings {
  const found = new Map<string, Set<string>>()
  const add = (word: string, other: string) => found.set(word, (found.get(word) ?? new Set()).add(other))
  for (const line of readListed({ name: ASSET, origin: ORIGIN }, context)) {
    const [word = '', ...others] = line.split(' ')
    for (const other of others) {
      add(word, other)
      add(other, word)
    }
  }
  return new Map(Array.from(found, ([word, others]) => [word, [...others]]))
}
