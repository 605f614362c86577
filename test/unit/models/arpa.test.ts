import { describe, expect, test } from 'vitest'
import { readLanguageModel } from '../../../services/models/kenlm/model.ts'

/** The bigram `b c` is left out, though `a b c` is there. */
const ARPA = `\\data\\
ngram 1=6
ngram 2=2
ngram 3=1

\\1-grams:
-1.0\t<unk>
-99\t<s>\t-0.5
-2.0\t</s>
-0.5\ta\t-0.25
-0.75\tb\t-0.125
-1.5\tc\t0

\\2-grams:
-0.1\t<s> a\t-0.3
-0.2\ta b\t-0.4

\\3-grams:
-0.05\ta b c

\\end\\
`

const model = (text: string) => readLanguageModel('en.arpa', new TextEncoder().encode(text))
const score = (sentence: string) => {
  const { indexOf, score: scoreOf } = model(ARPA)
  const words = sentence.split(' ').filter((word) => word !== '')
  return scoreOf(Int32Array.from(words, indexOf), words.length)
}

describe('a language model in the format of ARPA', () => {
  test('takes the longest n-gram that there is', () => {
    // <s> a, a b behind the backoff of <s> a, a b c behind nothing, </s> behind the backoffs of b c and c
    expect(score('a b c')).toBeCloseTo(-0.1 + (-0.3 - 0.2) - 0.05 - 2, 6)
  })

  test('backs off to shorter ones', () => {
    expect(score('b')).toBeCloseTo(-0.5 - 0.75 + (-0.125 - 2), 6)
  })

  test('gives what is in no unigram the probability of the unknown', () => {
    expect(score('zebra')).toBeCloseTo(-0.5 - 1 - 2, 6)
  })

  test('gives an empty sentence the probability of its end', () => {
    expect(score('')).toBeCloseTo(-0.5 - 2, 6)
  })

  test.each([
    ['a word that is no unigram', ARPA.replace('a b c', 'a b z')],
    ['a positive logarithm', ARPA.replace('-0.2\ta b', '0.2\ta b')],
    ['a count that is too large', ARPA.replace('ngram 3=1', 'ngram 3=2')],
    ['no end of a sentence', ARPA.replace('</s>', 'd')],
    ['no end', ARPA.replace('\\end\\', '')],
  ])('is refused for %s', (_, text) => {
    expect(() => model(text)).toThrow(expect.objectContaining({ code: 'asset_invalid' }))
  })
})
