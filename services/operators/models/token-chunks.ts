import { Failure } from '../../../topologies/failure.ts'
import type { TextTokenizer } from '../../models/tokenizers/text-tokenizer.ts'
import { requireWellFormed } from '../text/bare-text.ts'
import type { Limit } from '../text/chunks.ts'
import { characterCount, strip } from '../text/python-strings.ts'

/** A tokenizer, and how its tokens become a text again. */
export interface Spelling {
  tokenizer: TextTokenizer
  spell(tokens: Int32Array): string
}

/** More chunks than a text has characters come of a tokenizer that gives back more than it was given. */
const SPARE_CHUNKS = 1000

/** Windows of the given number of tokens that begin ever so much later; the last ones may be shorter, and lie within others. */
export function chunkByTokens(text: string, { length, overlap }: Limit, { tokenizer, spell }: Spelling): string[] {
  requireWellFormed(text)
  const tokens = tokenizer.encodeWhole(text)
  if (tokens.length <= length) return [text]
  const chunks: string[] = []
  for (let start = 0; start < tokens.length; start += length - overlap)
    chunks.push(spell(tokens.subarray(start, start + length)))
  return chunks
}

/**
 * Cuts at the last match of the pattern within the given number of tokens, and by their number where there is none. What is left
 * of the text begins as many characters on as what the tokens spell has before it.
 */
export function chunkByPatternAndTokens(
  text: string,
  pattern: RegExp,
  { limit, spelling }: { limit: Limit; spelling: Spelling },
): string[] {
  requireWellFormed(text)
  const chunks: string[] = []
  let left = text
  for (let count = 0; count <= text.length + SPARE_CHUNKS; count++) {
    const tokens = spelling.tokenizer.encodeWhole(left)
    if (tokens.length <= limit.length) return [...chunks, left]
    const part = spelling.spell(tokens.subarray(0, limit.length))
    const match = [...part.matchAll(pattern)].at(-1)
    const chunk = match ? part.slice(0, match.index) : part
    if (strip(chunk) !== '') chunks.push(chunk)
    left = match
      ? behind(left, characterCount(part, 0, match.index + match[0].length))
      : spelling.spell(tokens.subarray(limit.length - limit.overlap))
  }
  throw new Failure('operator_failed', 'The text does not get shorter by being cut.')
}

function behind(text: string, characters: number): string {
  let at = 0
  for (let i = 0; i < characters && at < text.length; i++) at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1
  return text.slice(at)
}
