import { Failure } from '../../../topologies/failure.ts'
import { type DictionaryName, entriesOf } from './dictionaries.ts'
import { type Dictionary, dictionaryOf, longestKey } from './dictionary-tree.ts'

/** A configuration of OpenCC: the dictionary that parts a text into segments, and the steps that each segment goes through. */
interface Configuration {
  segments: DictionaryName
  /** Each step looks a place up in its dictionaries in turn; the first that has a key there decides. */
  steps: DictionaryName[][]
}

const SIMPLIFIED: DictionaryName[] = ['STPhrases', 'STCharacters']
const TRADITIONAL: DictionaryName[] = ['TSPhrases', 'TSCharacters']
const TAIWAN: DictionaryName[] = ['TWVariantsRevPhrases', 'TWVariantsRev']
const HONG_KONG: DictionaryName[] = ['HKVariantsRevPhrases', 'HKVariantsRev']
const JAPAN: DictionaryName[] = ['JPShinjitaiPhrases', 'JPShinjitaiCharacters', 'JPVariantsRev']

/** The configurations of OpenCC 1.1.9 that Data-Juicer offers. */
const CONFIGURATIONS = {
  s2t: { segments: 'STPhrases', steps: [SIMPLIFIED] },
  t2s: { segments: 'TSPhrases', steps: [TRADITIONAL] },
  s2tw: { segments: 'STPhrases', steps: [SIMPLIFIED, ['TWVariants']] },
  tw2s: { segments: 'TSPhrases', steps: [TAIWAN, TRADITIONAL] },
  s2hk: { segments: 'STPhrases', steps: [SIMPLIFIED, ['HKVariants']] },
  hk2s: { segments: 'TSPhrases', steps: [HONG_KONG, TRADITIONAL] },
  s2twp: { segments: 'STPhrases', steps: [SIMPLIFIED, ['TWPhrases'], ['TWVariants']] },
  tw2sp: { segments: 'TSPhrases', steps: [['TWPhrasesRev', ...TAIWAN], TRADITIONAL] },
  t2tw: { segments: 'TWVariants', steps: [['TWVariants']] },
  tw2t: { segments: 'TWVariantsRevPhrases', steps: [TAIWAN] },
  hk2t: { segments: 'HKVariantsRevPhrases', steps: [HONG_KONG] },
  t2hk: { segments: 'HKVariants', steps: [['HKVariants']] },
  t2jp: { segments: 'JPVariants', steps: [['JPVariants']] },
  jp2t: { segments: 'JPShinjitaiPhrases', steps: [JAPAN] },
} as const satisfies Record<string, Configuration>

export type ConversionMode = keyof typeof CONFIGURATIONS

/** The modes, with what each converts from and to. */
export const CONVERSION_MODES = Object.keys(CONFIGURATIONS) as ConversionMode[]

/** One step: at each place the longest key of the first dictionary that has one there is replaced. */
interface Step {
  dictionaries: Dictionary[]
  /** 1 for each unit with which a key begins. */
  firsts: Uint8Array
}

/** A configuration with its dictionaries loaded. */
interface Conversion {
  segments: Dictionary
  /** What becomes of a segment that is a key, by its node: found when it is first met, null when it stays. */
  converted: (string | null | undefined)[]
  steps: Step[]
  /** The steps of a text between such segments, which has no key of the dictionary that parts segments. */
  between: Step[]
  /** 1 for each unit with which a key of any step begins: a text without them stays. */
  firsts: Uint8Array
}

/** A text that is being replaced in part: what was made of it, and from where on it was not yet looked at. */
interface Replacement {
  text: string
  made: string
  from: number
}

/**
 * The conversion of OpenCC 1.1.9: the text is parted by the longest keys of a dictionary, and each part goes through the
 * steps on its own. A text ends at its first NUL, as for OpenCC, and one that is not Unicode fails.
 */
export function converterFor(mode: ConversionMode): (text: string) => string {
  const conversion = load(CONFIGURATIONS[mode])
  return (text) => {
    if (!text.isWellFormed()) {
      throw new Failure('operator_failed', 'The text has half of a surrogate pair, which cannot be converted.')
    }
    const end = text.indexOf('\0')
    return convert(conversion, end < 0 ? text : text.slice(0, end))
  }
}

function load({ segments, steps }: Configuration): Conversion {
  const loaded = new Map<DictionaryName, Dictionary>()
  const dictionary = (name: DictionaryName): Dictionary => {
    const known = loaded.get(name) ?? dictionaryOf(entriesOf(name))
    loaded.set(name, known)
    return known
  }
  const all = steps.map((names) => names.map(dictionary))
  const [first = [], ...others] = all
  return {
    segments: dictionary(segments),
    converted: [],
    steps: all.map(stepOf),
    between: [first.filter((one) => one !== dictionary(segments)), ...others].map(stepOf),
    firsts: stepOf(all.flat()).firsts,
  }
}

function stepOf(dictionaries: Dictionary[]): Step {
  const firsts = new Uint8Array(0x10000)
  for (const dictionary of dictionaries) {
    for (let unit = 0; unit < firsts.length; unit++) if (dictionary.firsts[unit] !== 0) firsts[unit] = 1
  }
  return { dictionaries, firsts }
}

function convert(conversion: Conversion, text: string): string {
  const { segments, firsts } = conversion
  const replacement: Replacement = { text, made: '', from: 0 }
  let start = 0
  let isTouched = 0
  for (let i = 0; i < text.length; ) {
    const node = longestKey(segments, text, i, text.length)
    if (node === 0) {
      isTouched |= firsts[text.charCodeAt(i++)] as number
      continue
    }
    if (isTouched) convertBetween(conversion, replacement, start, i)
    isTouched = 0
    start = i + (segments.lengths[node] as number)
    convertKey(conversion, replacement, node, i)
    i = start
  }
  if (isTouched) convertBetween(conversion, replacement, start, text.length)
  return finished(replacement)
}

/** Converts a segment that is a key. */
function convertKey(conversion: Conversion, replacement: Replacement, node: number, start: number): void {
  const end = start + (conversion.segments.lengths[node] as number)
  let converted = conversion.converted[node]
  if (converted === undefined) {
    const key = replacement.text.slice(start, end)
    const made = through(conversion.steps, key)
    converted = made === key ? null : made
    conversion.converted[node] = converted
  }
  if (converted !== null) replace(replacement, start, end, converted)
}

/** Converts a segment between keys. */
function convertBetween({ between }: Conversion, replacement: Replacement, start: number, end: number): void {
  const [only, ...others] = between
  if (only && others.length === 0) {
    replaceKeys(only, replacement, start, end)
    return
  }
  const segment = replacement.text.slice(start, end)
  const converted = through(between, segment)
  if (converted !== segment) replace(replacement, start, end, converted)
}

function through(steps: Step[], segment: string): string {
  let text = segment
  for (const step of steps) {
    const replacement: Replacement = { text, made: '', from: 0 }
    replaceKeys(step, replacement, 0, text.length)
    text = finished(replacement)
  }
  return text
}

function replaceKeys({ dictionaries, firsts }: Step, replacement: Replacement, start: number, end: number): void {
  const { text } = replacement
  for (let i = start; i < end; ) {
    const place = i++
    if (!firsts[text.charCodeAt(place)]) continue
    for (const dictionary of dictionaries) {
      const node = longestKey(dictionary, text, place, end)
      if (node === 0) continue
      i = place + (dictionary.lengths[node] as number)
      replace(replacement, place, i, dictionary.values[node] ?? '')
      break
    }
  }
}

function replace(replacement: Replacement, start: number, end: number, value: string): void {
  replacement.made += start > replacement.from ? replacement.text.slice(replacement.from, start) + value : value
  replacement.from = end
}

function finished({ text, made, from }: Replacement): string {
  return from === 0 ? text : made + text.slice(from)
}
