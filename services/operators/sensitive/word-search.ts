import { ALPHABET } from '../text/alphabets.ts'
import { type Automaton, automatonOf, childOf } from './automaton.ts'
import { type Folded, type Folding, folder } from './folding.ts'

export interface SearchOptions extends Folding {
  /** Whether a word that begins or ends with a letter or digit of an alphabet must not go on in the text there. */
  wholeWords: boolean
}

/** Finds words in a text: their numbers in the list, in order of appearance, as often as they stand there. */
export type WordSearch = (text: string) => number[]

/**
 * A search for words without splitting a text into any: from left to right, at each place the longest that stands there, and on
 * behind it. Linear in the length of the text.
 */
export function wordSearch(words: readonly string[], { wholeWords, ...folding }: SearchOptions): WordSearch {
  const fold = folder(folding)
  const automaton = automatonOf(words.map((word) => copied(fold(word))))
  const inside = wholeWords ? ALPHABET : new Uint8Array(0x10000)
  return (text) => {
    const folded = fold(text)
    return pick(matchesIn(automaton, folded, inside))
  }
}

function copied({ units, length }: Folded): Folded {
  return { units: units.slice(0, length), length }
}

/** The longest match at each place where there is one, the last place first: where it begins and ends, and its word. */
interface Matches {
  starts: number[]
  ends: number[]
  words: number[]
}

/** Reads the text from its end; at each place the automaton knows all words that begin there. */
function matchesIn(automaton: Automaton, { units, length }: Folded, inside: Uint8Array): Matches {
  const { lasts, failures, outputs, depths } = automaton
  const matches: Matches = { starts: [], ends: [], words: [] }
  let node = 0
  // letters and digits of an alphabet in a row from the place before on
  let run = 0
  for (let at = length - 1; at >= 0; at--) {
    const unit = units[at] as number
    const isInside = inside[unit] as number
    let child = node === 0 ? 0 : childOf(automaton, node, unit)
    while (child === 0 && node !== 0) {
      // what is shorter than the rest of a word would end within it
      node = (depths[node] as number) <= run ? 0 : (failures[node] as number)
      child = node === 0 ? 0 : childOf(automaton, node, unit)
    }
    node = child !== 0 || (isInside === 1 && run > 0) ? child : (lasts[unit] as number)
    run = isInside === 1 ? run + 1 : 0
    if (node === 0 || outputs[node] === 0) continue
    if (at === 0 || isInside === 0 || inside[units[at - 1] as number] === 0)
      note(automaton, { matches, units, length, inside }, node, at)
  }
  return matches
}

interface Search {
  matches: Matches
  units: Uint16Array
  length: number
  inside: Uint8Array
}

/** Notes the longest word that begins at `at` and may end where it does. */
function note(automaton: Automaton, { matches, units, length, inside }: Search, node: number, at: number): void {
  const { outputs, failures, depths, words } = automaton
  for (let output = outputs[node] as number; output !== 0; output = outputs[failures[output] as number] as number) {
    const end = at + (depths[output] as number)
    const goesOn = end < length && inside[units[end - 1] as number] === 1 && inside[units[end] as number] === 1
    if (goesOn) continue
    matches.starts.push(at)
    matches.ends.push(end)
    matches.words.push((words[output] as number) - 1)
    return
  }
}

/** Of the matches, from left to right, those that do not begin within another. */
function pick({ starts, ends, words }: Matches): number[] {
  const picked: number[] = []
  let from = 0
  for (let i = starts.length - 1; i >= 0; i--) {
    if ((starts[i] as number) < from) continue
    picked.push(words[i] as number)
    from = ends[i] as number
  }
  return picked
}
