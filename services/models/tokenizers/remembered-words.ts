import { HASH_START, hashOn, WordMemo } from '../words/memo.ts'

const MEMO_SIZE = 1 << 16

/** Takes a word of a text. */
export type Take = (text: string, start: number, end: number) => void

/** Remembers what words became: writes the tokens of each word down. */
export function rememberedWords(tokensOf: (word: string) => number[]): { into(tokens: number[]): Take } {
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
          const made = tokensOf(text.slice(start, end))
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
