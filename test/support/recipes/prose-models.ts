/** Models of English prose in the formats of SentencePiece and KenLM, made as these models are, only simpler. */
export interface ProseModels {
  /** A unigram model of SentencePiece: whole words, and characters for all others. */
  pieces: Buffer
  /** A bigram model over these pieces, in ARPA's format. */
  language: string
}

/** Words that are rarer are spelt. */
const RAREST = 3
/** Taken from each bigram that was seen, for those that were not (absolute discounting). */
const DISCOUNT = 0.75
/** Share of the unigrams for what was never seen. */
const UNSEEN = 1e-6
const BLANK = '\u2581'

/**
 * Makes both models.
 * @param others words that must be pieces of their own, though the texts have none of them
 */
export function proseModels(prose: readonly string[], others: readonly string[]): ProseModels {
  const sentences = prose.flatMap((text) => text.split(/(?<=[.!?])\s+|\n+/)).map(wordsOf)
  const counts = countsOf(sentences.flat())
  const known = new Set([...counts].filter(([word, count]) => count >= RAREST && word.length > 2).map(([word]) => word))
  for (const word of others) known.add(word).add(BLANK + word)
  const cut = sentences.map((words) => words.flatMap((word) => (known.has(word) ? [word] : [...word])))
  return { pieces: pieceModel(known, countsOf(cut.flat())), language: bigramModel(cut) }
}

/** Words, with a mark for the blank before them, and what stands between. */
function wordsOf(sentence: string): string[] {
  const words = ` ${sentence}`.match(/\s*(?:[\p{L}\p{N}]+|[^\p{L}\p{N}\s])/gu) ?? []
  return words.map((word) => word.replace(/^\s+/u, BLANK))
}

function countsOf(words: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  return counts
}

function pieceModel(known: ReadonlySet<string>, counts: ReadonlyMap<string, number>): Buffer {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0)
  const printable = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).filter(
    (character) => character !== ' ',
  )
  const pieces = new Set([...known, BLANK, ...printable, ...[...counts.keys()].filter((piece) => piece.length === 1)])
  const score = (piece: string) => {
    const frequency = Math.log((counts.get(piece) ?? 1) / total)
    // no sequence of characters is likelier than the word that they spell
    return piece.length > 1 ? frequency : Math.min(frequency, -9)
  }
  return Buffer.concat([
    message(1, [text(1, '<unk>'), float(2, 0), integer(3, 2)]),
    message(1, [text(1, '<s>'), float(2, 0), integer(3, 3)]),
    message(1, [text(1, '</s>'), float(2, 0), integer(3, 3)]),
    ...Array.from(pieces, (piece) => message(1, [text(1, piece), float(2, score(piece)), integer(3, 1)])),
    message(2, [integer(3, 1)]),
    message(3, [text(1, 'identity'), integer(3, 1), integer(4, 1), integer(5, 1)]),
  ])
}

const message = (number: number, parts: Buffer[]) => delimited(number, Buffer.concat(parts))
const text = (number: number, value: string) => delimited(number, Buffer.from(value))
const integer = (number: number, value: number) => Buffer.from([number << 3, value])

function float(number: number, value: number): Buffer {
  const bytes = Buffer.from([(number << 3) | 5, 0, 0, 0, 0])
  bytes.writeFloatLE(value, 1)
  return bytes
}

function delimited(number: number, bytes: Buffer): Buffer {
  if (bytes.length > 127) throw new Error('A part of the model is too long.')
  return Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), bytes])
}

function bigramModel(sentences: readonly string[][]): string {
  const framed = sentences.map((words) => ['<s>', ...words, '</s>'])
  const unigrams = countsOf(framed.flatMap((words) => words.slice(1)))
  const total = [...unigrams.values()].reduce((sum, count) => sum + count, 0)
  const bigrams = countsOf(framed.flatMap((words) => words.slice(1).map((word, i) => `${words[i]} ${word}`)))
  const contexts = contextsOf(bigrams)
  const log = (share: number) => Math.log10(share).toFixed(5)
  const probability = (word: string) => ((unigrams.get(word) ?? 0) / total) * (1 - UNSEEN)
  const spared = ({ sum, kinds }: Context) => (DISCOUNT * kinds) / sum
  const singles = [...unigrams.keys()].map((word) => {
    const context = contexts.get(word)
    return `${log(probability(word))}\t${word}${context ? `\t${log(spared(context))}` : ''}`
  })
  const begin = contexts.get('<s>')
  const head = [`${log(UNSEEN)}\t<unk>`, `-99\t<s>\t${begin ? log(spared(begin)) : 0}`]
  const pairs = Array.from(bigrams, ([pair, count]) => {
    const [before = '', word = ''] = pair.split(' ')
    const context = contexts.get(before)
    if (!context) throw new Error(`${before} has no context.`)
    return `${log((count - DISCOUNT) / context.sum + spared(context) * probability(word))}\t${pair}`
  })
  return [
    '\\data\\',
    `ngram 1=${singles.length + head.length}`,
    `ngram 2=${pairs.length}`,
    '\n\\1-grams:',
    ...head,
    ...singles,
    '\n\\2-grams:',
    ...pairs,
    '\n\\end\\\n',
  ].join('\n')
}

/** What follows a word: how often anything does, and how many different ones do. */
interface Context {
  sum: number
  kinds: number
}

function contextsOf(bigrams: ReadonlyMap<string, number>): Map<string, Context> {
  const contexts = new Map<string, Context>()
  for (const [pair, count] of bigrams) {
    const [before = ''] = pair.split(' ', 1)
    const context = contexts.get(before) ?? { sum: 0, kinds: 0 }
    contexts.set(before, { sum: context.sum + count, kinds: context.kinds + 1 })
  }
  return contexts
}
