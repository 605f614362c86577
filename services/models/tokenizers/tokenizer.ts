import { HASH_START, hashOn, WordMemo } from '../words/memo.ts'
import { type Merger, mergerOf } from './byte-pairs.ts'
import { type AddedToken, type Cutting, readTokenizerFile, type TokenizerFile } from './tokenizer-file.ts'

/** A tokenizer of Hugging Face. */
export interface TextTokenizer {
  /** The tokens of a text, which must be well formed, without those around it. */
  encode(text: string): Int32Array
  /** With the tokens that the tokenizer puts around a text. */
  encodeWhole(text: string): Int32Array
  /** What tokens spell; halves of characters become U+FFFD. */
  decode(tokens: Int32Array): string
}

const MEMO_SIZE = 1 << 16
const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** Reads a `tokenizer.json` whose model merges pairs of bytes. Throws Failure `asset_invalid`. */
export function readTextTokenizer(name: string, bytes: Uint8Array): TextTokenizer {
  const file = readTokenizerFile(name, bytes)
  const merger = mergerOf(file)
  const words = rememberedWords(merger)
  const added = file.added.toSorted((a, b) => b.content.length - a.content.length)
  const asIs = finderOf(added.filter(({ isNormalized }) => !isNormalized))
  const normalized = finderOf(added.filter(({ isNormalized }) => isNormalized))
  const special = new Map(file.added.map(({ id, content }) => [id, content]))
  const encode = (text: string): number[] => {
    const tokens: number[] = []
    eachPart(text, asIs, tokens, (part) =>
      eachPart(inForms(part, file), normalized, tokens, (plain) => cut(plain, file.cuttings, 0, words.into(tokens))),
    )
    return tokens
  }
  return {
    encode: (text) => Int32Array.from(encode(text)),
    encodeWhole: (text) => Int32Array.from([...file.before, ...encode(text), ...file.behind]),
    decode(tokens) {
      const parts = Array.from(tokens, (token) => {
        const content = special.get(token)
        return content === undefined ? merger.bytesOf(token) : encoder.encode(content)
      })
      return decoder.decode(Buffer.concat(parts))
    },
  }
}

function inForms(text: string, { forms }: TokenizerFile): string {
  return forms.reduce((normal, form) => normal.normalize(form), text)
}

interface Finder {
  pattern: RegExp
  tokens: Map<string, AddedToken>
}

/** Finds added tokens, of several at one place the longest. */
function finderOf(added: AddedToken[]): Finder | null {
  const filled = added.filter(({ content }) => content !== '')
  if (filled.length === 0) return null
  const alternatives = filled.map(({ content }) => content.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'))
  return { pattern: new RegExp(alternatives.join('|'), 'gu'), tokens: new Map(filled.map((one) => [one.content, one])) }
}

function eachPart(text: string, finder: Finder | null, tokens: number[], take: (part: string) => void): void {
  let from = 0
  for (const { 0: content, index } of finder ? text.matchAll(finder.pattern) : []) {
    const token = finder?.tokens.get(content)
    if (!token || (token.isSingleWord && !standsAlone(text, index, content))) continue
    const before = text.slice(from, index)
    const part = token.takesBlanksBefore ? before.trimEnd() : before
    if (part !== '') take(part)
    tokens.push(token.id)
    from = index + content.length
    if (token.takesBlanksBehind) from = text.length - text.slice(from).trimStart().length
  }
  if (from < text.length) take(from === 0 ? text : text.slice(from))
}

const WORD = /[\p{L}\p{N}_]/u

function standsAlone(text: string, index: number, content: string): boolean {
  const before = text.slice(0, index).at(-1) ?? ' '
  const behind = text[index + content.length] ?? ' '
  return !WORD.test(before) && !WORD.test(behind)
}

/** Takes a word of a text. */
type Take = (text: string, start: number, end: number) => void

function cut(text: string, cuttings: Cutting[], step: number, take: Take): void {
  const cutting = cuttings[step]
  const isLast = step + 1 === cuttings.length
  const next: Take = isLast ? take : (whole, start, end) => cut(whole.slice(start, end), cuttings, step + 1, take)
  if (!cutting) take(text, 0, text.length)
  else if (cutting.kind === 'prefix') cut(text.startsWith(' ') ? text : ` ${text}`, cuttings, step + 1, take)
  else cutAt(text, cutting.kind === 'digits' ? DIGIT : cutting.pattern, next)
}

const DIGIT = /\p{N}/gu

/** Matches are words, and so is what lies between them. */
function cutAt(text: string, pattern: RegExp, take: Take): void {
  let from = 0
  pattern.lastIndex = 0
  for (let found = pattern.exec(text); found; found = pattern.exec(text)) {
    const { index } = found
    if (index > from) take(text, from, index)
    from = pattern.lastIndex
    if (from === index) pattern.lastIndex++
    else take(text, index, from)
  }
  if (from < text.length) take(text, from, text.length)
}

/** Remembers what words became. */
function rememberedWords(merger: Merger) {
  const memo = new WordMemo(MEMO_SIZE)
  const remembered: number[][] = []
  return {
    into:
      (tokens: number[]): Take =>
      (text, start, end) => {
        let hash = HASH_START
        for (let i = start; i < end; i++) hash = hashOn(hash, text.charCodeAt(i))
        let number = memo.find(text, start, end, hash)
        if (number < 0) {
          const made = merger.tokensOf(encoder.encode(text.slice(start, end)))
          number = memo.add(text, start, end, { hash })
          if (number < 0) {
            for (const token of made) tokens.push(token)
            return
          }
          remembered[number] = made
        }
        const known = remembered[number] as number[]
        for (let i = 0; i < known.length; i++) tokens.push(known[i] as number)
      },
  }
}
