import { z } from 'zod'
import { Failure } from '../../../topologies/failure.ts'
import type { OperatorContext } from '../../../topologies/operator.ts'
import { type WordSearch, wordSearch } from './word-search.ts'

/** The list that is taken when a recipe names no words. */
const DEFAULT_FILE = 'sensitive_words.txt'

/** Parameters of all operators that look for sensitive words. */
export const wordParameters = {
  words: z.array(z.string()).nullable().default(null).describe('words that are looked for, besides those of the file'),
  words_file: z
    .string()
    .min(1)
    .nullable()
    .default(null)
    .describe(
      `file of the asset store with words: one a line, empty lines and lines that begin with # left out, or .json with a list or with lists by name; ${DEFAULT_FILE} when neither it nor words are given`,
    ),
  case_sensitive: z.boolean().default(false).describe('whether capitals and small letters differ'),
  whole_words: z
    .boolean()
    .default(true)
    .describe(
      'whether a word that begins or ends with a letter of Latin, Greek, Cyrillic, Armenian or Georgian, or a digit, must not go on there: sex is not in Sussex; Chinese and other words are found anywhere',
    ),
  normalize: z
    .boolean()
    .default(true)
    .describe(
      'whether words are found too that are written in fullwidth, circled or mathematical letters, with invisible characters in them, or with other blanks',
    ),
  max_words: z.int().min(1).default(100).describe('how many different words of a document are written down at most'),
}

export type WordParameters = z.infer<z.ZodObject<typeof wordParameters>>

/** Finds the different words of a text, as they are spelt in the list, in order of appearance, no more than `max_words`. */
export function sensitiveWords(parameters: WordParameters, context: OperatorContext): (text: string) => string[] {
  const words = wordsOf(parameters, context)
  const search: WordSearch = wordSearch(words, {
    ignoreCase: !parameters.case_sensitive,
    normalize: parameters.normalize,
    wholeWords: parameters.whole_words,
  })
  return (text) => {
    const found = new Set<number>()
    for (const number of search(text)) {
      found.add(number)
      if (found.size === parameters.max_words) break
    }
    return Array.from(found, (number) => words[number] ?? '')
  }
}

/** All words, trimmed. Throws Failure `asset_missing` or `asset_invalid`. */
function wordsOf({ words, words_file: named }: WordParameters, context: OperatorContext): string[] {
  const file = named ?? (words === null ? DEFAULT_FILE : null)
  const all = [...(words ?? []), ...(file === null ? [] : readWords(file, context))]
  return all.map((word) => word.trim()).filter((word) => word !== '')
}

function readWords(file: string, context: OperatorContext): string[] {
  const content = textOf(file, context.readAsset(file))
  const words = file.endsWith('.json') ? fromJson(file, content) : fromLines(content)
  if (words.every((word) => word.trim() === '')) {
    throw new Failure('asset_invalid', `${file} holds no words; put one on each line.`)
  }
  return words
}

function textOf(file: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new Failure('asset_invalid', `${file} is not UTF-8; save it as UTF-8.`, { cause })
  }
}

function fromLines(content: string): string[] {
  return content.split(/\r?\n/).filter((line) => !line.trimStart().startsWith('#'))
}

const jsonFile = z.union([z.array(z.string()), z.record(z.string(), z.array(z.string())).transform(allOf)])

function allOf(lists: Record<string, string[]>): string[] {
  return Object.values(lists).flat()
}

function fromJson(file: string, content: string): string[] {
  try {
    return jsonFile.parse(JSON.parse(content))
  } catch (cause) {
    throw new Failure('asset_invalid', `${file} is neither a JSON list of words nor an object of such lists.`, {
      cause,
    })
  }
}
