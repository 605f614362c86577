import { z } from 'zod'
import { Failure } from '../../../topologies/failure.ts'
import type { OperatorContext } from '../../../topologies/operator.ts'
import type { Text, View } from '../../../topologies/text.ts'
import { numberOf, spanOf, type Vocabulary } from './vocabulary.ts'
import { refinedWords, type Words, wordStrings } from './words.ts'

/** Parameters of both word-list filters: joined groups of words, for languages that do not part words by blanks. */
export const augmentationParameters = {
  use_words_aug: z
    .boolean()
    .default(false)
    .describe('whether groups of neighbouring words, joined, count as words too'),
  words_aug_group_sizes: z
    .array(z.int())
    .default([2])
    .describe('numbers of neighbouring words that are joined, with use_words_aug'),
  words_aug_join_char: z.string().default('').describe('text between the words of a group, with use_words_aug'),
}

/** The sizes of groups to join; none when augmentation is off. */
export function groupSizesOf(parameters: { use_words_aug: boolean; words_aug_group_sizes: number[] }): number[] {
  return parameters.use_words_aug ? parameters.words_aug_group_sizes : []
}

/** Which word list of the asset store: every .json file with this in its name counts. */
export type WordListKind = 'flagged_words' | 'stopwords'

/** How a word-list ratio is measured. */
export interface WordListOptions {
  kind: WordListKind
  language: string
  directory: string | undefined
  /** Sizes of the groups of neighbouring words that are joined and counted as words too; none without augmentation. */
  groupSizes: number[]
  joinCharacter: string
  /** The refined words of a text; those between blanks when not given. */
  words?: View<Words>
}

/**
 * The share of a text's refined words that are on the list of a language; 0 for a text without words. Joined groups of words
 * count as words, above and below the line. Throws Failure `asset_missing` when there is no list, and `operator_failed` for
 * each text with words when there is none for the language, as Data-Juicer does.
 */
export function wordListRatio(options: WordListOptions, context: OperatorContext): (text: Text) => number {
  const list = loadWordLists(options, context).get(options.language)
  const countListed = listedCounter(list ?? new Set())
  return (text) => {
    const words = text.view(options.words ?? refinedWords)
    const groups = wordGroups(words, options)
    const total = words.numbers.length + groups.length
    if (total === 0) return 0
    if (!list) throw unknownLanguage(options)
    return (countListed(words) + groups.filter((group) => list.has(group)).length) / total
  }
}

function unknownLanguage({ kind, language }: WordListOptions): Failure {
  return new Failure(
    'operator_failed',
    `The ${kind} list has no language ${language}; add it to the list or change lang.`,
  )
}

/** Every run of neighbouring words of the wanted sizes, joined. */
function wordGroups(words: Words, { groupSizes, joinCharacter }: WordListOptions): string[] {
  if (groupSizes.length === 0) return []
  const strings = wordStrings(words)
  return groupSizes.flatMap((size) =>
    Array.from({ length: Math.max(strings.length - size + 1, 0) }, (_, i) =>
      strings.slice(i, i + size).join(joinCharacter),
    ),
  )
}

/** The lists of all files of a kind, merged per language; `all` is all of them together unless a file has its own. */
function loadWordLists({ kind, directory }: WordListOptions, context: OperatorContext): Map<string, Set<string>> {
  const lists = new Map<string, Set<string>>()
  for (const file of context.listAssets(directory)) {
    if (!file.name.includes(kind)) continue
    for (const [language, words] of readWordList(file)) {
      lists.set(language, (lists.get(language) ?? new Set()).union(words))
    }
  }
  if (lists.size === 0) {
    const place = directory ?? 'the asset directory'
    const cure = `Put ${kind}.json there: a JSON object of lists of words, by language.`
    throw new Failure('asset_missing', `There is no word list ${kind}.json in ${place}. ${cure}`)
  }
  if (!lists.has('all')) lists.set('all', new Set([...lists.values()].flatMap((words) => [...words])))
  return lists
}

const wordListFile = z.record(z.string(), z.array(z.string()))

function readWordList(file: { name: string; read(): Uint8Array }): [string, Set<string>][] {
  try {
    const lists = wordListFile.parse(JSON.parse(Buffer.from(file.read()).toString()))
    return Object.entries(lists).map(([language, words]) => [language, new Set(words)])
  } catch (cause) {
    throw new Failure('asset_invalid', `${file.name} is not a JSON object of lists of words, by language.`, { cause })
  }
}

/** Counts how many of a text's words are on the list. */
function listedCounter(list: Set<string>): (words: Words) => number {
  const entries = Array.from(list, spanOf).filter(({ end }) => end > 0)
  let known: Vocabulary | null = null
  /** By the number of a word: 1 when it is on the list. */
  let listed = new Uint8Array(0)
  return ({ vocabulary, numbers }) => {
    if (known !== vocabulary) {
      known = vocabulary
      listed = marks(entries.map((entry) => numberOf(vocabulary, entry)))
    }
    if (listed.length <= vocabulary.size) listed = widened(listed, vocabulary.size * 2)
    return sumOf(numbers, listed)
  }
}

function marks(numbers: number[]): Uint8Array<ArrayBuffer> {
  const marked = new Uint8Array(Math.max(0, ...numbers) + 1)
  for (const number of numbers) marked[number] = 1
  return marked
}

function widened(marked: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const wider = new Uint8Array(length)
  wider.set(marked)
  return wider
}

function sumOf(numbers: Int32Array, listed: Uint8Array): number {
  let sum = 0
  for (let i = 0; i < numbers.length; i++) sum += listed[numbers[i] as number] as number
  return sum
}
