import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readTextClassifier } from '../../../services/models/fasttext/model.ts'
import { readLanguageModel } from '../../../services/models/kenlm/model.ts'
import { readPieceTokenizer } from '../../../services/models/sentencepiece/tokenizer.ts'
import { readTextTokenizer } from '../../../services/models/tokenizers/tokenizer.ts'

const bytesOf = (name: string) => new Uint8Array(readFileSync(`test/support/assets/${name}`))
const texts = fc
  .array(fc.constantFrom('the', 'mill', 'of', ' ', ' ', '\n', '水', 'é', '🙂', '0000', '=====', '\u00a0', 'ﬁ', 'x'), {
    maxLength: 60,
  })
  .map((parts) => parts.join(''))

describe('a model that remembers words', () => {
  test('cuts a text into the same pieces as one that has seen nothing', () => {
    const bytes = bytesOf('en.sp.model')
    const warm = readPieceTokenizer('en.sp.model', bytes)
    fc.assert(
      fc.property(texts, (text) => {
        expect(warm.encode(text)).toEqual(readPieceTokenizer('en.sp.model', bytes).encode(text))
      }),
      { numRuns: 30 },
    )
  })

  test('recognises the same language with the same score', () => {
    const bytes = bytesOf('lid.176.bin')
    const warm = readTextClassifier('lid.176.bin', bytes)
    fc.assert(
      fc.property(texts, (text) => {
        expect(warm.predict(text, 3)).toEqual(readTextClassifier('lid.176.bin', bytes).predict(text, 3))
      }),
      { numRuns: 30 },
    )
  })

  test('scores a sentence as one that has scored nothing', () => {
    const bytes = bytesOf('en.arpa.bin')
    const warm = readLanguageModel('en.arpa.bin', bytes)
    fc.assert(
      fc.property(fc.array(fc.nat(500), { maxLength: 40 }), (words) => {
        const sentence = Int32Array.from(words)
        const fresh = readLanguageModel('en.arpa.bin', bytes)
        expect(warm.score(sentence, words.length)).toBe(fresh.score(sentence, words.length))
      }),
      { numRuns: 30 },
    )
  })
})

test('what tokens of bytes spell is the text, in its composed form', () => {
  const tokenizer = readTextTokenizer('tokenizer.json', bytesOf('EleutherAI/pythia-6.9b-deduped/tokenizer.json'))
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(tokenizer.decode(tokenizer.encode(text))).toBe(text.normalize('NFC'))
    }),
  )
})

test('a text of symbols alone has pieces that make up the text', () => {
  const tokenizer = readPieceTokenizer('zh.sp.model', bytesOf('zh.sp.model'))
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const { ids, unknowns } = tokenizer.encode(text)
      let next = 0
      const spelt = [...ids].map((id) => (id === tokenizer.unknown ? unknowns[next++] : tokenizer.pieces[id])).join('')
      const blanks = /[ \u2581]+/g
      expect(spelt.replace(blanks, '')).toBe(text.replace(blanks, ''))
    }),
  )
})
