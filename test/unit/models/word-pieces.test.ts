import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { readTextTokenizer } from '../../../services/models/tokenizers/tokenizer.ts'

const FILE = 'test/support/assets/sentence-transformers/all-MiniLM-L6-v2/tokenizer.json'
const CLS_AND_SEP = 2

/** Recorded from the library `tokenizers` 0.22. */
interface Recorded {
  normalizer: { [setting: string]: unknown }
  texts: { text: string; tokens: number[]; spelt: string }[]
}

const recorded: Recorded[] = JSON.parse(gunzipSync(readFileSync('test/vectors/word-pieces.json.gz')).toString())
const file: { [key: string]: unknown } = JSON.parse(readFileSync(FILE, 'utf8'))

function tokenizerWith(changes: { [key: string]: unknown }) {
  return readTextTokenizer('tokenizer.json', Buffer.from(JSON.stringify({ ...file, ...changes })))
}

describe.each(recorded)('word pieces with $normalizer', ({ normalizer, texts }) => {
  const tokenizer = tokenizerWith({ normalizer })

  test('are those of the library of Hugging Face', () => {
    const given = texts.map(({ text }) => ({ text, tokens: [...tokenizer.encodeWhole(text)] }))
    expect(given).toEqual(texts.map(({ text, tokens }) => ({ text, tokens })))
  })

  test('are spelt as there', () => {
    const given = texts.map(({ tokens }) => tokenizer.decode(Int32Array.from(tokens)))
    expect(given).toEqual(texts.map(({ spelt }) => spelt))
  })
})

test('a limit cuts the tokens of the text and leaves those around it', () => {
  const tokenizer = tokenizerWith({})
  const whole = tokenizer.encodeWhole('the mill wheel turns in the river')
  const cut = tokenizer.encodeWhole('the mill wheel turns in the river', 5)
  expect([...cut]).toEqual([...whole.subarray(0, 4), whole.at(-1)])
  expect(tokenizer.encodeWhole('the mill', 1)).toHaveLength(CLS_AND_SEP)
})

test('a tokenizer that normalises in another way is refused', () => {
  const thrown = (changes: { [key: string]: unknown }) => () => tokenizerWith(changes)
  expect(thrown({ normalizer: { type: 'Lowercase' } })).toThrow('normalises texts in a way')
  expect(thrown({ pre_tokenizer: { type: 'Whitespace' } })).toThrow('cuts texts in a way')
  expect(thrown({ model: { type: 'WordPiece', vocab: { a: 0 }, unk_token: '[UNK]' } })).toThrow('unknown')
})
