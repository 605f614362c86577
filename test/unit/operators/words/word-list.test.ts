import { describe, expect, test } from 'vitest'
import { wordListRatio } from '../../../../services/operators/words/word-list.ts'
import { refinedWords, wordStrings } from '../../../../services/operators/words/words.ts'
import type { OperatorContext } from '../../../../topologies/operator.ts'
import { Text } from '../../../../topologies/text.ts'

const list = [
  'the',
  'of',
  'ßad',
  '😀x',
  'a word',
  'THE',
  '',
  'more than sixteen letters',
  'more-than-sixteen-letters',
  '一',
]

const context: OperatorContext = {
  assets: '',
  readAsset: () => new Uint8Array(),
  listAssets: () => [{ name: 'stopwords.json', read: () => Buffer.from(JSON.stringify({ en: list })) }],
}

function ratioOf(groupSizes: number[] = []): (text: Text) => number {
  const options = { kind: 'stopwords' as const, language: 'en', directory: undefined, groupSizes, joinCharacter: ' ' }
  return wordListRatio(options, context)
}

/** So many words as a vocabulary never holds, none of them met before. */
function manyWords(mark: string): Text {
  return new Text(Array.from({ length: 200_000 }, (_, i) => mark + i.toString(36)).join(' '))
}

describe('the share of listed words', () => {
  test('counts words of any length and script, as they are in lower case', () => {
    const text = new Text('The "of" (ßAD) 😀x a word. THE more-than-SIXTEEN-letters 一 thee of_the')
    const words = wordStrings(text.view(refinedWords))
    expect(ratioOf()(text)).toBe(words.filter((word) => list.includes(word)).length / words.length)
  })

  test('counts joined groups of words too', () => {
    expect(ratioOf([2])(new Text('a word of'))).toBe((1 + 1) / (3 + 2))
  })

  test('is 0 for a text without words', () => {
    expect(ratioOf()(new Text(' 12 . \n'))).toBe(0)
  })

  test('stays right when the words of other texts have filled a vocabulary', () => {
    const ratio = ratioOf()
    const text = new Text('the first of them')
    expect(ratio(text)).toBe(0.5)
    for (const mark of ['q', 'r', 's']) expect(ratio(manyWords(mark))).toBe(0)
    expect(ratio(new Text('another of the texts'))).toBe(0.5)
    expect(ratio(text)).toBe(0.5)
  })
})
