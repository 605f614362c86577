import { invalidModel } from '../bytes.ts'
import { addedTokens, eachPart, finderOf, surroundings } from './added-tokens.ts'
import { bertNormalization, wordCutter } from './bert-words.ts'
import { type Members, members, stepsOf } from './json-members.ts'
import { rememberedWords } from './remembered-words.ts'
import { surrounded, type TextTokenizer } from './text-tokenizer.ts'
import { pieceCutter } from './word-pieces.ts'

/**
 * The tokenizer of a `tokenizer.json` whose model cuts words into pieces, as BERT has it. Throws Failure `asset_invalid` for
 * another normaliser or another way to find words.
 */
export function wordPieceTokenizer(name: string, file: Members): TextTokenizer {
  const unknown = (what: string) =>
    invalidModel(name, `${what} that is not known here: with word pieces only BERT's is`)
  const [normalizer, ...more] = stepsOf(file.normalizer, 'normalizers')
  if (normalizer?.type !== 'BertNormalizer' || more.length > 0) throw unknown('normalises texts in a way')
  const cuttings = stepsOf(file.pre_tokenizer, 'pretokenizers')
  if (cuttings.length !== 1 || cuttings[0]?.type !== 'BertPreTokenizer') throw unknown('cuts texts in a way')
  const added = addedTokens(file)
  if (added.some(({ isNormalized }) => isNormalized)) throw unknown('adds tokens in a way')
  const cutter = pieceCutter(name, members(file.model))
  const around = surroundings(members(file.post_processor))
  const cut = wordCutter(bertNormalization(normalizer))
  const finder = finderOf(added.toSorted((a, b) => b.content.length - a.content.length))
  const words = rememberedWords((word) => cut.plainWords(word).flatMap(cutter.tokensOf))
  const encode = (text: string, most: number): number[] => {
    const tokens: number[] = []
    const take = words.into(tokens)
    eachPart(text, finder, tokens, (part) =>
      cut.each(part, (...word) => {
        take(...word)
        return tokens.length < most
      }),
    )
    return tokens
  }
  return {
    encode: (text) => Int32Array.from(encode(text, Number.POSITIVE_INFINITY)),
    encodeWhole: (text, most = Number.POSITIVE_INFINITY) => surrounded(encode(text, most), around, most),
    decode: spellerOf(cutter, new Map(added.map(({ id, content }) => [id, content])), members(file.decoder)),
  }
}

/** One behind the other, each over the whole word. */
const CLEANINGS: [from: string, to: string][] = [
  [' .', '.'],
  [' ?', '?'],
  [' !', '!'],
  [' ,', ','],
  [" ' ", "'"],
  [" n't", "n't"],
  [" 'm", "'m"],
  [' do not', " don't"],
  [" 's", "'s"],
  [" 've", "'ve"],
  [" 're", "'re"],
]

function spellerOf(
  { pieces, prefix }: { pieces: Map<number, string>; prefix: string },
  added: Map<number, string>,
  decoder: Members,
): (tokens: Int32Array) => string {
  const cleansUp = decoder.type === 'WordPiece' && decoder.cleanup !== false
  return (tokens) =>
    Array.from(tokens, (token, i) => {
      const piece = pieces.get(token) ?? added.get(token) ?? ''
      const spelt = i === 0 ? piece : piece.startsWith(prefix) ? piece.slice(prefix.length) : ` ${piece}`
      return cleansUp ? CLEANINGS.reduce((cleaned, [from, to]) => cleaned.replaceAll(from, to), spelt) : spelt
    }).join('')
}
