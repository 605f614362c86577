import { eachPart, finderOf } from './added-tokens.ts'
import { mergerOf } from './byte-pairs.ts'
import { type Members, members, parsed } from './json-members.ts'
import { rememberedWords, type Take } from './remembered-words.ts'
import { surrounded, type TextTokenizer } from './text-tokenizer.ts'
import { type Cutting, type TokenizerFile, tokenizerFile } from './tokenizer-file.ts'
import { wordPieceTokenizer } from './word-piece-tokenizer.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** Reads a `tokenizer.json` whose model merges pairs of bytes, or cuts words into pieces. Throws Failure `asset_invalid`. */
export function readTextTokenizer(name: string, bytes: Uint8Array): TextTokenizer {
  const file = members(parsed(name, bytes))
  return members(file.model).type === 'WordPiece' ? wordPieceTokenizer(name, file) : bytePairTokenizer(name, file)
}

function bytePairTokenizer(name: string, members: Members): TextTokenizer {
  const file = tokenizerFile(name, members)
  const merger = mergerOf(file)
  const words = rememberedWords((word) => merger.tokensOf(encoder.encode(word)))
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
    encodeWhole: (text, most) => surrounded(encode(text), file, most),
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
