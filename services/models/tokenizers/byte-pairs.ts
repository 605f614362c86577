import { Pairs } from '../words/pairs.ts'
import type { TokenizerFile } from './tokenizer-file.ts'

/** Tokens of byte strings: neighbours become one by the first rule that they fall under. */
export interface Merger {
  /** The tokens of a word. Bytes that are no token by themselves are left out. */
  tokensOf(word: Uint8Array): number[]
  /** A token's bytes. */
  bytesOf(token: number): Uint8Array
}

/** More than any vocabulary has. */
const MOST_TOKENS = 2 ** 24
/** Words up to that many bytes are merged by looking at all their pairs again and again. */
const SHORT = 24

/** The character that stands for each byte in a vocabulary: itself where it is visible, and one from U+0100 on. */
const CHARACTERS = charactersOfBytes()
const BYTES = new Map(CHARACTERS.map((character, byte) => [character, byte]))

function charactersOfBytes(): string[] {
  const isVisible = (byte: number) => (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xff && byte !== 0xad)
  let next = 0x100
  return Array.from({ length: 0x100 }, (_, byte) => String.fromCharCode(isVisible(byte) ? byte : next++))
}

/** The merger of a tokenizer. */
export function mergerOf({ vocabulary, merges, ignoresMerges }: TokenizerFile): Merger {
  const single = Int32Array.from(CHARACTERS, (character) => vocabulary.get(character) ?? -1)
  const rules = new Map<number, { rank: number; token: number }>()
  for (const [rank, [left, right]] of merges.entries()) {
    const [a, b, token] = [vocabulary.get(left), vocabulary.get(right), vocabulary.get(left + right)]
    if (a === undefined || b === undefined || token === undefined) continue
    rules.set(a * MOST_TOKENS + b, { rank, token })
  }
  const spelt = new Map([...vocabulary].map(([text, token]) => [token, text]))
  return {
    tokensOf(word) {
      if (ignoresMerges) {
        const whole = vocabulary.get(Array.from(word, (byte) => CHARACTERS[byte]).join(''))
        if (whole !== undefined) return [whole]
      }
      const tokens: number[] = []
      for (const byte of word) {
        const token = single[byte] as number
        if (token >= 0) tokens.push(token)
      }
      return tokens.length <= SHORT ? mergeShort(tokens, rules) : mergeLong(tokens, rules)
    },
    bytesOf: (token) => {
      const text = spelt.get(token) ?? ''
      const isOfBytes = Array.from(text).every((character) => BYTES.has(character))
      return isOfBytes
        ? Uint8Array.from(text, (character) => BYTES.get(character) ?? 0)
        : new TextEncoder().encode(text)
    },
  }
}

type Rules = Map<number, { rank: number; token: number }>

function mergeShort(tokens: number[], rules: Rules): number[] {
  for (;;) {
    let best: { rank: number; token: number } | undefined
    let at = -1
    for (let i = 0; i + 1 < tokens.length; i++) {
      const rule = rules.get((tokens[i] as number) * MOST_TOKENS + (tokens[i + 1] as number))
      if (!rule || (best && rule.rank >= best.rank)) continue
      best = rule
      at = i
    }
    if (!best) return tokens
    tokens.splice(at, 2, best.token)
  }
}

/** The same with a heap of the pairs. */
function mergeLong(tokens: number[], rules: Rules): number[] {
  const before = Int32Array.from(tokens, (_, i) => i - 1)
  const behind = Int32Array.from(tokens, (_, i) => (i + 1 < tokens.length ? i + 1 : -1))
  const pairs = new Pairs()
  const keyOf = (left: number, right: number) => (tokens[left] as number) * MOST_TOKENS + (tokens[right] as number)
  const consider = (left: number, right: number) => {
    if (left < 0 || right < 0) return
    const rule = rules.get(keyOf(left, right))
    if (rule) pairs.push({ left, right, score: -rule.rank, size: keyOf(left, right) })
  }
  for (let i = 1; i < tokens.length; i++) consider(i - 1, i)
  for (let pair = pairs.pop(); pair; pair = pairs.pop()) {
    const { left, right, size } = pair
    if (behind[left] !== right || keyOf(left, right) !== size) continue
    tokens[left] = rules.get(size)?.token ?? 0
    tokens[right] = -1
    const next = behind[right] as number
    behind[left] = next
    behind[right] = -1
    if (next >= 0) before[next] = left
    consider(before[left] as number, left)
    consider(left, next)
  }
  return tokens.filter((token) => token >= 0)
}
