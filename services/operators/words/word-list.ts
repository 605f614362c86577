import { z } from 'zod'
import { Failure } from '../../../topologies/failure.ts'
import type { OperatorContext } from '../../../topologies/operator.ts'
import type { Text } from '../../../topologies/text.ts'
import type { Vocabulary } from './vocabulary.ts'
import { wordOf } from './vocabulary.ts'
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
    const words = text.view(refinedWords)
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

/** Counts how many of a text's words are on the list, which is asked once for each word of a vocabulary. */
function listedCounter(list: Set<string>): (words: Words) => number {
  let vocabulary: Vocabulary | null = null
  /** By the number of a word: 1 when it is listed, 0 when not, -1 when nobody asked yet. */
  let listed = new Int8Array(0)
  const ask = (words: Vocabulary, number: number): number => {
    listed[number] = list.has(wordOf(words, number)) ? 1 : 0
    return listed[number]
  }
  return (words) => {
    if (vocabulary !== words.vocabulary) listed = new Int8Array(0)
    vocabulary = words.vocabulary
    if (listed.length <= vocabulary.size) listed = widened(listed, vocabulary.size)
    return sumOf(words, listed, ask)
  }
}

function widened(listed: Int8Array<ArrayBuffer>, size: number): Int8Array<ArrayBuffer> {
  const wider = new Int8Array(size * 2 + 1).fill(-1)
  wider.set(listed)
  return wider
}

function sumOf(
  { numbers, vocabulary }: Words,
  listed: Int8Array,
  ask: (words: Vocabulary, number: number) => number,
): number {
  let sum = 0
  for (let i = 0; i < numbers.length; i++) {
    const number = numbers[i] as number
    const known = listed[number] as number
    sum += known >= 0 ? known : ask(vocabulary, number)
  }
  return sum
}
