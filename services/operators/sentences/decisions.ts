import { lower } from '../text/python-strings.ts'
import { startsLower, startsUpper, startsWithDigit, startsWithLetter } from './letters.ts'
import { LOWER_ANYWHERE, LOWER_AT_BEGINNING, type PunktParameters, UPPER_ANYWHERE, UPPER_WITHIN } from './parameters.ts'

const NUMBER = '##number##'
const ELLIPSIS = /^\.\.+$/
/** What a number begins with; nothing else is worth a look. */
const NUMBER_START = /^[-.,\p{Nd}]/u
const PUNCTUATION = new Set([';', ':', ',', '.', '!', '?'])

/** What a token is before its neighbours are looked at. */
type Kind = 'break' | 'abbreviation' | 'ellipsis' | 'other'

/** Whether a word begins a sentence, as far as the ways tell in which it was written elsewhere. */
type Verdict = 'yes' | 'no' | 'unknown'

/**
 * Whether a sentence ends with the token `word` when `next` comes after it: the classification of Punkt (Kiss and Strunk,
 * Unsupervised Multilingual Sentence Boundary Detection, 2006, section 4) as NLTK 3.10 has it.
 */
export function endsSentence(word: string, next: string, parameters: PunktParameters): boolean {
  if (!word.endsWith('.')) return word === '?' || word === '!'
  const kind = kindOf(word, parameters)
  const type = withoutStop(typeOf(word))
  const followers = parameters.collocations.get(type)
  const isInitial = isInitialOf(word)
  if (!followers && kind === 'break' && !isInitial && type !== NUMBER) return true
  const nextType = nextTypeOf(next, parameters)
  if (followers?.has(nextType)) return false
  if ((kind === 'abbreviation' || kind === 'ellipsis') && !isInitial) {
    if (beginsSentence(next, nextType, parameters) === 'yes') return true
    if (startsUpper(next) && parameters.starters.has(nextType)) return true
  }
  if ((isInitial || type === NUMBER) && isOrdinal(next, nextType, { isInitial, parameters })) return false
  return kind === 'break'
}

/** Whether what comes after an initial or a number tells that it is one, so that the sentence goes on. */
function isOrdinal(
  next: string,
  nextType: string,
  { isInitial, parameters }: { isInitial: boolean; parameters: PunktParameters },
): boolean {
  const verdict = beginsSentence(next, nextType, parameters)
  if (verdict !== 'unknown') return verdict === 'no'
  return isInitial && startsUpper(next) && !(contextOf(nextType, parameters) & LOWER_ANYWHERE)
}

function beginsSentence(next: string, nextType: string, parameters: PunktParameters): Verdict {
  if (PUNCTUATION.has(next)) return 'no'
  const context = contextOf(nextType, parameters)
  if (startsUpper(next) && context & LOWER_ANYWHERE && !(context & UPPER_WITHIN)) return 'yes'
  if (startsLower(next) && (context & UPPER_ANYWHERE || !(context & LOWER_AT_BEGINNING))) return 'no'
  return 'unknown'
}

function contextOf(type: string, { contexts }: PunktParameters): number {
  return contexts.get(type) ?? 0
}

function kindOf(word: string, { abbreviations }: PunktParameters): Kind {
  if (word === '.' || word === '?' || word === '!') return 'break'
  if (ELLIPSIS.test(word)) return 'ellipsis'
  if (!word.endsWith('.') || word.endsWith('..')) return 'other'
  const stem = lower(word.slice(0, -1))
  const last = stem.slice(stem.lastIndexOf('-') + 1)
  return abbreviations.has(stem) || abbreviations.has(last) ? 'abbreviation' : 'break'
}

/** The word in lower case; the same for all numbers. */
function typeOf(word: string): string {
  const lowered = lower(word)
  return NUMBER_START.test(lowered) && isNumber(lowered) ? NUMBER : lowered
}

/** Python's `-?[\.,]?\d[\d,\.-]*\.?`, of the whole word. */
function isNumber(word: string): boolean {
  const sign = word.startsWith('-') ? 1 : 0
  const point = word[sign] === '.' || word[sign] === ',' ? 1 : 0
  const digits = word.slice(sign + point)
  return startsWithDigit(digits) && [...digits].every((part) => ',.-'.includes(part) || startsWithDigit(part))
}

/** The type of the token behind a full stop, without its own when that may end a sentence. */
function nextTypeOf(next: string, parameters: PunktParameters): string {
  const type = typeOf(next)
  return kindOf(next, parameters) === 'break' ? withoutStop(type) : type
}

function withoutStop(type: string): string {
  return type.length > 1 && type.endsWith('.') ? type.slice(0, -1) : type
}

/** One letter and a full stop. */
function isInitialOf(word: string): boolean {
  const width = (word.codePointAt(0) ?? 0) > 0xffff ? 2 : 1
  return word.length === width + 1 && startsWithLetter(word)
}
