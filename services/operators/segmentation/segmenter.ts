import { type Emissions, hiddenWords, isHan } from './hidden-words.ts'
import { ROOT, type WordTree } from './word-tree.ts'

/** Parts of what is neither a word of the dictionary nor Han: Latin words and numbers, and what is between them. */
const LATIN = /([a-zA-Z0-9]+(?:\.\d+)?%?)/

/** Cuts Chinese text into words, as jieba 0.42.1 does in its precise mode with its hidden Markov model. */
export class Segmenter {
  readonly #tree: WordTree
  readonly #emissions: Emissions
  /** Where the likeliest word that begins at a place ends, and how likely all from there on is. Used by one block after another. */
  #ends = new Int32Array(2 ** 10)
  #likely = new Float64Array(2 ** 10)

  constructor(tree: WordTree, emissions: Emissions) {
    this.#tree = tree
    this.#emissions = emissions
  }

  /** The words of a text without line feeds; joined, they are the text. What is not Chinese, Latin or a number stands alone. */
  words(text: string): string[] {
    const words: string[] = []
    this.#blocks(text, (block) => this.#cut(block, words), words)
    return words
  }

  /**
   * Adds a word whose count is not known: with the one that makes it win over its parts (`suggest_freq`).
   */
  add(word: string): void {
    const { total } = this.#tree
    let share = 1
    for (const part of this.#known(word)) share *= (this.#tree.countOf(part) ?? 1) / total
    this.#tree.add(word, Math.max(Math.trunc(share * total) + 1, this.#tree.countOf(word) ?? 1))
  }

  /** Adds a word that was counted. */
  addCounted(word: string, count: number): void {
    this.#tree.add(word, count)
  }

  /** A text's parts by the dictionary alone; single Latin letters and digits that stand together are one. */
  #known(text: string): string[] {
    const words: string[] = []
    const cut = (block: string) => {
      this.#route(block)
      let letters = ''
      for (let i = 0; i < block.length; ) {
        const end = this.#ends[i] as number
        const word = block.slice(i, end)
        const isLetter = end === i + 1 && /[a-zA-Z0-9]/.test(word)
        if (isLetter) letters += word
        if (letters !== '' && (!isLetter || end === block.length)) words.push(letters)
        if (!isLetter) {
          letters = ''
          words.push(word)
        }
        i = end
      }
    }
    this.#blocks(text, cut, words)
    return words
  }

  /** Gives blocks to `cut`, and puts every character between them among the words. */
  #blocks(text: string, cut: (block: string) => void, words: string[]): void {
    let block = 0
    for (let i = 0; i < text.length; i++) {
      if (isOfBlock(text.charCodeAt(i))) continue
      if (block < i) cut(text.slice(block, i))
      const character = String.fromCodePoint(text.codePointAt(i) as number)
      words.push(character)
      i += character.length - 1
      block = i + 1
    }
    if (block < text.length) cut(text.slice(block))
  }

  #cut(block: string, words: string[]): void {
    this.#route(block)
    let singles = 0
    for (let i = 0; i < block.length; ) {
      const end = this.#ends[i] as number
      if (end > i + 1) {
        this.#cutSingles(block.slice(singles, i), words)
        words.push(block.slice(i, end))
        singles = end
      }
      i = end
    }
    this.#cutSingles(block.slice(singles), words)
  }

  /** Characters that the dictionary left alone. */
  #cutSingles(text: string, words: string[]): void {
    if (text.length < 2 || this.#tree.countOf(text)) {
      words.push(...text)
      return
    }
    let begin = 0
    for (let i = 1; i <= text.length; i++) {
      if (i < text.length && isHan(text.charCodeAt(i)) === isHan(text.charCodeAt(begin))) continue
      const part = text.slice(begin, i)
      const parts = isHan(part.charCodeAt(0)) ? hiddenWords(part, this.#emissions) : part.split(LATIN)
      for (const word of parts) if (word !== '') words.push(word)
      begin = i
    }
  }

  /** Finds the likeliest way through the words of the dictionary, from the end; of ways as likely the longest word wins. */
  #route(block: string): void {
    if (block.length >= this.#ends.length) {
      this.#ends = new Int32Array(2 * block.length)
      this.#likely = new Float64Array(2 * block.length)
    }
    const tree = this.#tree
    const total = Math.log(tree.total)
    this.#likely[block.length] = 0
    for (let i = block.length - 1; i >= 0; i--) {
      let [best, bestEnd] = [Number.NEGATIVE_INFINITY, 0]
      let node = ROOT
      for (let end = i + 1; end <= block.length; end++) {
        node = tree.step(node, block.charCodeAt(end - 1))
        if (node === 0) break
        if (tree.count(node) === 0) continue
        const reached = tree.weight(node) - total + (this.#likely[end] as number)
        if (reached >= best) [best, bestEnd] = [reached, end]
      }
      this.#likely[i] = bestEnd ? best : -total + (this.#likely[i + 1] as number)
      this.#ends[i] = bestEnd || i + 1
    }
  }
}

/** Han, Latin letters, digits, and + # & . _ % - as in C++ or 3.5%. */
function isOfBlock(unit: number): boolean {
  return unit < 0x80 ? BLOCK_SIGNS[unit] === 1 : isHan(unit)
}

const BLOCK_SIGNS = Uint8Array.from({ length: 0x80 }, (_, code) =>
  Number(/[a-zA-Z0-9+#&._%-]/.test(String.fromCharCode(code))),
)
