/** The characters that words are made out of here: the first one, and the one behind the last. */
const FIRST = 0x4e00
const STOP = 0x9fd6
/** The logarithm of a probability that is as good as none. */
const NEVER = -3.14e100

/** Where in a word a character may stand: at its begin, in its middle, at its end, or alone. */
const BEGIN = 0
const MIDDLE = 1
const END = 2
const ALONE = 3
const PLACES = 4
const LETTERS = 'BMES'

/** How likely a text begins with each, as a logarithm (jieba 0.42.1, finalseg/prob_start.py). */
const START = [-0.26268660809250016, NEVER, NEVER, -1.4652633398537678]

/** From which two places each may be come to, and how likely (finalseg/prob_trans.py). Of two as likely ways the second wins. */
const WAYS: [from: number, likely: number][][] = [
  [
    [END, -0.5897149736854513],
    [ALONE, -0.7211965654669841],
  ],
  [
    [BEGIN, -0.916290731874155],
    [MIDDLE, -1.2603623820268226],
  ],
  [
    [BEGIN, -0.51082562376599],
    [MIDDLE, -0.33344856811948514],
  ],
  [
    [END, -0.8085250474669937],
    [ALONE, -0.6658631448798212],
  ],
]

/** How likely each character is at each place, as logarithms. */
export type Emissions = Float64Array

/** Whether the characters at a place are such that words are made out of them here. */
export function isHan(unit: number): boolean {
  return unit >= FIRST && unit < STOP
}

/** Reads jieba's table of emissions, finalseg/prob_emit.py: per place a dictionary of characters and logarithms. */
export function readEmissions(lines: readonly string[]): Emissions {
  const emissions = new Float64Array(PLACES * (STOP - FIRST)).fill(NEVER)
  let place = -1
  for (const line of lines) {
    const opening = /'([BMES])':\s*\{/.exec(line)
    if (opening) place = LETTERS.indexOf(opening[1] ?? '')
    const entry = /'\\u([0-9a-f]{4})':\s*(-?[\d.]+(?:e[-+]?\d+)?)/.exec(line)
    const unit = Number.parseInt(entry?.[1] ?? '', 16)
    if (place >= 0 && isHan(unit)) emissions[PLACES * (unit - FIRST) + place] = Number(entry?.[2])
  }
  return emissions
}

/** The most likely words of a text of Han characters, none of which are in a dictionary (a hidden Markov model). */
export function hiddenWords(text: string, emissions: Emissions): string[] {
  const words: string[] = []
  let begin = 0
  for (const [i, place] of likeliestPlaces(text, emissions).entries()) {
    if (place !== END && place !== ALONE) continue
    words.push(text.slice(begin, i + 1))
    begin = i + 1
  }
  return words
}

/** Viterbi's algorithm. */
function likeliestPlaces(text: string, emissions: Emissions): Uint8Array {
  const from = new Uint8Array(PLACES * text.length)
  let likely = START.map((start, place) => start + emission(emissions, text.charCodeAt(0), place))
  for (let i = 1; i < text.length; i++) {
    likely = WAYS.map((ways, place) => {
      let [best, bestFrom] = [Number.NEGATIVE_INFINITY, 0]
      for (const [former, way] of ways) {
        const reached = (likely[former] ?? NEVER) + way + emission(emissions, text.charCodeAt(i), place)
        if (reached >= best) [best, bestFrom] = [reached, former]
      }
      from[PLACES * i + place] = bestFrom
      return best
    })
  }
  return traced(from, (likely[ALONE] ?? NEVER) >= (likely[END] ?? NEVER) ? ALONE : END)
}

function emission(emissions: Emissions, unit: number, place: number): number {
  return emissions[PLACES * (unit - FIRST) + place] ?? NEVER
}

/** The places from the first to the last, which is known, found backwards. */
function traced(from: Uint8Array, last: number): Uint8Array {
  const places = new Uint8Array(from.length / PLACES)
  let place = last
  for (let i = places.length - 1; i >= 0; i--) {
    places[i] = place
    place = from[PLACES * i + place] ?? 0
  }
  return places
}
