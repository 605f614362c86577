import fc from 'fast-check'
import { expect, test } from 'vitest'
import { assetDirectory } from '../../../services/assets/directory.ts'
import { loadSegmenter } from '../../../services/operators/augmentation/chinese-assets.ts'
import { hiddenWords, readEmissions } from '../../../services/operators/segmentation/hidden-words.ts'
import { Segmenter } from '../../../services/operators/segmentation/segmenter.ts'
import { ROOT, WordTree } from '../../../services/operators/segmentation/word-tree.ts'

const word = fc.string({ unit: fc.constantFrom(...'人民中国abA1+😀'), minLength: 1, maxLength: 5 })

test('a tree knows the words that it was given, their beginnings, and no others', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(word, fc.integer({ min: 1, max: 99 })), { maxLength: 60 }),
      word,
      (counted, other) => {
        const tree = new WordTree()
        for (const [one, count] of counted) tree.add(one, count)
        const counts = new Map(counted)
        for (const [one, count] of counts) expect(tree.countOf(one)).toBe(count)
        const begins = [...counts.keys()].some((one) => one.startsWith(other))
        if (!counts.has(other)) expect(tree.countOf(other)).toBe(begins ? 0 : undefined)
        expect(tree.total).toBe(counted.reduce((sum, [, count]) => sum + count, 0))
      },
    ),
  )
})

test('a tree grows to any number of words', () => {
  const tree = new WordTree()
  const words = Array.from({ length: 20_000 }, (_, i) => `w${i}`)
  for (const [i, one] of words.entries()) tree.add(one, i + 1)
  expect(words.findIndex((one, i) => tree.countOf(one) !== i + 1)).toBe(-1)
  expect(tree.step(ROOT, 'x'.charCodeAt(0))).toBe(0)
})

test('the likeliest words win, and of as likely ones the longest', () => {
  const segmenter = segmenterOf({ 研究: 2800, 研究生: 200, 生命: 900, 命: 10, 起源: 150 })
  expect(segmenter.words('研究生命起源')).toEqual(['研究', '生命', '起源'])
  expect(segmenterOf({ 水: 10, 车: 10, 水车: 10 }).words('水车')).toEqual(['水车'])
})

test('Latin words, numbers and signs are cut as jieba cuts them', () => {
  const segmenter = segmenterOf({ 'C++': 3, 中国: 9 })
  expect(segmenter.words('C++ 3.14%，abc-1.5x中国😀 \t')).toEqual([
    ...['C++', ' ', '3.14%', '，', 'abc', '-', '1.5', 'x', '中国', '😀', ' ', '\t'],
  ])
})

test('characters that no word of the dictionary holds are joined by what is likely', () => {
  const emissions = readEmissions([
    "P={'B': {'\\u6c34': -1.0},",
    " 'E': {'\\u8f66': -1.0}, 'M': {},",
    " 'S': {'\\u8f66': -9.0}}",
  ])
  expect(hiddenWords('水车', emissions)).toEqual(['水车'])
  expect(hiddenWords('车水车', emissions)).toEqual(['车', '水车'])
})

test('an added word is cut out whole from then on', () => {
  const segmenter = segmenterOf({ 长江: 900, 实业: 800, 江实: 1 })
  expect(segmenter.words('长江实业')).toEqual(['长江', '实业'])
  segmenter.add('长江实业')
  expect(segmenter.words('长江实业')).toEqual(['长江实业'])
})

test('words joined are the text', () => {
  const segmenter = loadSegmenter({ similar: undefined, methods: 1 }, assetDirectory('test/support/assets'))
  const text = fc.string({
    unit: fc.constantFrom(...'人民中国研究生命鬱aB1.%+-_ \r\u3000，😀\ud83d\ude00龘'),
    maxLength: 80,
  })
  fc.assert(fc.property(text, (value) => segmenter.words(value).join('') === value))
})

function segmenterOf(counts: Record<string, number>): Segmenter {
  const tree = new WordTree()
  for (const [one, count] of Object.entries(counts)) tree.add(one, count)
  return new Segmenter(tree, readEmissions([]))
}
