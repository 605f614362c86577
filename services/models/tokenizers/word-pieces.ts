import { invalidModel } from '../bytes.ts'
import { type Members, members } from './json-members.ts'

/** A model that cuts words into the longest pieces that it knows, from the front. */
export interface PieceCutter {
  /** The tokens of a plain word; that of what is unknown where it cannot be cut. */
  tokensOf(word: string): number[]
  /** The pieces, by their tokens, and what stands before those that go on with a word. */
  pieces: Map<number, string>
  prefix: string
}

/** The cutter of a file's model. Throws Failure `asset_invalid` for one that is not whole. */
export function pieceCutter(name: string, model: Members): PieceCutter {
  const prefix = String(model.continuing_subword_prefix ?? '##')
  const longestWord = Number(model.max_input_chars_per_word ?? 100)
  const vocabulary = Object.entries(members(model.vocab)).map(([piece, id]) => [piece, Number(id)] as const)
  const first = new Map(vocabulary)
  const further = new Map(
    vocabulary.flatMap(([piece, id]) => (piece.startsWith(prefix) ? [[piece.slice(prefix.length), id] as const] : [])),
  )
  const unknown = first.get(String(model.unk_token))
  if (unknown === undefined || vocabulary.some(([, id]) => !Number.isInteger(id)))
    throw invalidModel(name, 'has no token for what is unknown, or tokens that have no number')
  const longestPiece = vocabulary.reduce((most, [piece]) => Math.max(most, piece.length), 0)
  return {
    prefix,
    pieces: new Map(vocabulary.map(([piece, id]) => [id, piece])),
    tokensOf(word) {
      if (isLonger(word, longestWord)) return [unknown]
      const tokens: number[] = []
      for (let start = 0; start < word.length; ) {
        const known = start === 0 ? first : further
        let end = Math.min(word.length, start + longestPiece)
        let token: number | undefined
        for (; end > start && token === undefined; end--) token = known.get(word.slice(start, end))
        if (token === undefined) return [unknown]
        tokens.push(token)
        start = end + 1
      }
      return tokens
    },
  }
}

/** Whether a word has more characters than so many. */
function isLonger(word: string, most: number): boolean {
  if (word.length <= most) return false
  return word.length > 2 * most || Array.from(word).length > most
}
