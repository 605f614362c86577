/** So many words are learned from, and so many pairs learned. */
const WORDS = 4000
const MERGES = 2000
/** Frequent in programs and not in prose. */
const OF_PROGRAMS =
  'append capacity class code const def default dict dropped else empty error false file for from func function if import int json key ' +
  'len length lib list load log loop map name new None not null number object open oldest package path print queue raise range read ' +
  'return self set settings sorted split static step str string struct table true type types unknown update value values var void'
/** How byte-level tokenizers write a blank. */
const BLANK = 'Ġ'
/** And the end of a line. */
const LINE_END = 'Ċ'
/** The end of a line is one token with the indentation behind it, whose last blank belongs to the word. */
const INDENTS: [string, string][] = [
  [BLANK, BLANK],
  [BLANK.repeat(2), BLANK.repeat(2)],
  [BLANK.repeat(2), BLANK],
  [BLANK.repeat(4), BLANK.repeat(3)],
  [LINE_END, LINE_END],
  [LINE_END, BLANK.repeat(3)],
  [LINE_END, BLANK.repeat(7)],
]

/** The `tokenizer.json` of a byte-level tokenizer in the manner of GPT-2, made from another one that has a piece for each byte. */
export function bytePairTokenizer(alphabet: TokenizerFile, prose: readonly string[]): TokenizerFile {
  const merges = [...learned(frequentWords(prose)), ...INDENTS]
  const single = Object.keys(alphabet.model.vocab).filter((piece) => piece.length === 1)
  const special = alphabet.added_tokens.map(({ content }) => content)
  const pieces = [...new Set([...special, ...single, ...merges.map((pair) => pair.join(''))])]
  const vocab = Object.fromEntries(pieces.map((piece, id) => [piece, id]))
  return { ...alphabet, model: { ...alphabet.model, vocab, merges } }
}

export interface TokenizerFile {
  added_tokens: { content: string }[]
  model: { vocab: Record<string, number>; merges: [string, string][] }
}

/** The most frequent words, with the blank before them and without. */
function frequentWords(prose: readonly string[]): [word: string[], count: number][] {
  const counts = new Map<string, number>()
  for (const text of prose) {
    for (const word of text.match(/[a-z]+/gi) ?? []) counts.set(word, (counts.get(word) ?? 0) + 1)
  }
  const sorted = [...counts].sort(([, a], [, b]) => b - a).slice(0, WORDS)
  const most = sorted[100]?.[1] ?? 1
  const ofPrograms = OF_PROGRAMS.split(' ').map((word): [string, number] => [word, most])
  return [...sorted, ...ofPrograms].flatMap(([word, count]) => [
    [[BLANK, ...word], count],
    [[...word], count],
  ])
}

/** The pair that is most frequent becomes one, again and again. */
function learned(words: [string[], number][]): [string, string][] {
  const merges: [string, string][] = []
  const counts = new Map<string, number>()
  for (const [parts, count] of words) countPairs(parts, count, counts)
  while (merges.length < MERGES) {
    const [best] = [...counts].reduce((most, pair) => (pair[1] > most[1] ? pair : most), ['', 0])
    const [left = '', right = ''] = best.split(' ')
    if (right === '') return merges
    merges.push([left, right])
    for (const word of words) {
      if (!holds(word[0], left, right)) continue
      countPairs(word[0], -word[1], counts)
      word[0] = joined(word[0], left, right)
      countPairs(word[0], word[1], counts)
    }
  }
  return merges
}

function countPairs(parts: readonly string[], count: number, counts: Map<string, number>): void {
  for (let i = 1; i < parts.length; i++) {
    const pair = `${parts[i - 1]} ${parts[i]}`
    counts.set(pair, (counts.get(pair) ?? 0) + count)
  }
}

function holds(parts: readonly string[], left: string, right: string): boolean {
  return parts.some((part, i) => part === left && parts[i + 1] === right)
}

function joined(parts: readonly string[], left: string, right: string): string[] {
  const made: string[] = []
  for (let i = 0; i < parts.length; i++) {
    if (parts[i] === left && parts[i + 1] === right) made.push(left + parts[++i])
    else made.push(parts[i] ?? '')
  }
  return made
}
