import { isMojibakeAt, KIND, KIND_BITS, SUSPICIOUS, SUSPICIOUS_PAIRS, staysSuspicious } from './badness.ts'
import {
  AMPERSAND,
  CONTROL,
  CONTROL_CHARACTERS,
  ESCAPE,
  isAstralNormalized,
  NORMALIZED,
  PLAINER,
  SETTLES,
  SURROGATE,
  traitsFor,
} from './character-traits.ts'
import { repairEncoding } from './encoding-repair.ts'
import { isReferenceAt, skipAmpersandPasses, unescapeHtml } from './html-entities.ts'
import { plainForm, toPlainForms } from './plain-forms.ts'
import { NEWER_THAN_14, type NormalizationForm, normalizeAsUnicode14 } from './unicode-14.ts'

/** Findings that are no traits of one unit. */
const MOJIBAKE = 0x10000
const LONE_SURROGATE = 0x20000

/** Findings each of which has its step. */
const WORK = AMPERSAND | PLAINER | CONTROL | NORMALIZED | ESCAPE | MOJIBAKE | LONE_SURROGATE

/** Longest piece of a line that is repaired at once, in code points (ftfy's `max_decode_length`). */
const LONGEST_SEGMENT = 1_000_000

const CONTROLS = new RegExp(`[${CONTROL_CHARACTERS}]`, 'g')
/** A terminal's escape sequence; its digits are those of any script, as in Python. */
const TERMINAL_ESCAPE = new RegExp(`\\x1b\\[(?:(?![${NEWER_THAN_14}])\\p{Nd}|;)*[a-zA-Z]`, 'gu')

const isHigh = (unit: number): boolean => (unit & 0xfc00) === 0xd800
const isLow = (unit: number): boolean => (unit & 0xfc00) === 0xdc00

/** What a surrogate at `index` stands for: a lone one, or a pair that normalization may change, or nothing to do. */
function inspectSurrogate(text: string, index: number): number {
  const isPair = isHigh(text.charCodeAt(index)) && isLow(text.charCodeAt(index + 1))
  if (!isPair) return LONE_SURROGATE
  return isAstralNormalized(text.codePointAt(index) ?? 0) ? NORMALIZED : 0
}

/** All findings in a segment. */
function inspect(text: string, traits: Uint16Array): number {
  let findings = 0
  let previous = 0
  for (let index = 0; index < text.length; index++) {
    const trait = traits[text.charCodeAt(index)] ?? 0
    const kind = trait & KIND
    findings |= trait
    if (trait & SURROGATE) {
      const finding = inspectSurrogate(text, index)
      findings |= finding
      if (finding !== LONE_SURROGATE) index++
    } else if (
      (findings & MOJIBAKE) === 0 &&
      (SUSPICIOUS_PAIRS[(previous << KIND_BITS) | kind] === 1 ||
        (trait & SUSPICIOUS && staysSuspicious(text, index))) &&
      isMojibakeAt(text, index)
    ) {
      findings |= MOJIBAKE
    }
    previous = kind
  }
  return findings
}

interface Rules {
  form: NormalizationForm
  traits: Uint16Array
  /** Whether character references are resolved. */
  html: boolean
}

/** All steps once, in ftfy's order; a step without a finding is left out, for it would change nothing. */
function fixOnce(text: string, rules: Rules, found: number): string {
  let fixed = text
  let findings = found
  if (rules.html && findings & AMPERSAND) {
    fixed = unescapeHtml(fixed)
    if (fixed !== text) findings = inspect(fixed, rules.traits)
  }
  if (findings & MOJIBAKE) {
    fixed = repairEncoding(fixed)
    findings = inspect(fixed, rules.traits)
  }
  if (findings & PLAINER) fixed = toPlainForms(fixed)
  if (findings & LONE_SURROGATE) fixed = fixed.toWellFormed()
  if (findings & ESCAPE) fixed = fixed.replace(TERMINAL_ESCAPE, '')
  if (findings & CONTROL) fixed = fixed.replace(CONTROLS, '')
  return findings & NORMALIZED ? normalizeAsUnicode14(fixed, rules.form) : fixed
}

/** Fixes a segment until nothing changes any more. */
function fixSegment(segment: string, rules: Rules): string {
  let current = segment
  for (;;) {
    const findings = inspect(current, rules.traits)
    if ((findings & WORK) === 0) return current
    const fixed = fixOnce(current, rules, findings)
    if (fixed === current) return current
    current = rules.html && findings & AMPERSAND ? skipAmpersandPasses(current, fixed) : fixed
  }
}

/** Where the segment that begins at `start` of a line ends. */
function segmentEnd(line: string, start: number): number {
  if (line.length - start <= LONGEST_SEGMENT) return line.length
  let end = start
  for (let count = 0; count < LONGEST_SEGMENT && end < line.length; count++) {
    end += isHigh(line.charCodeAt(end)) && isLow(line.charCodeAt(end + 1)) ? 2 : 1
  }
  return end
}

function fixLine(line: string, rules: Rules): string {
  let fixed = ''
  let html = rules.html
  for (let start = 0, end = 0; start < line.length; start = end) {
    end = segmentEnd(line, start)
    const segment = line.slice(start, end)
    html &&= !segment.includes('<')
    fixed += fixSegment(segment, html === rules.html ? rules : { ...rules, html })
  }
  return fixed
}

/** How far a text has come. */
interface Progress {
  text: string
  traits: Uint16Array
  /** Where the first `<` stands. */
  markup: number
  /** The fixed text for `text` up to `done`. */
  fixed: string
  done: number
  /** The line in which characters were replaced on the way: its end, and what `fixed` and `done` were before. */
  line: { end: number; fixed: string; done: number }
}

/** Whether the character at `index`, one of those that settle, does so here. */
function settles(text: string, index: number): boolean {
  const unit = text.charCodeAt(index)
  // Behind Â or Ã a blank makes mojibake.
  if (unit === 0x3000) return (text.charCodeAt(index - 1) | 1) !== 0xc3
  // A segment may end between CR and LF.
  return unit !== 0x0d || text.length <= LONGEST_SEGMENT
}

/** Replaces the character at `index` and nothing else of its line. */
function settle(progress: Progress, index: number): void {
  const { text, fixed, done } = progress
  if (index >= progress.line.end) progress.line = { end: text.indexOf('\n', index) + 1 || text.length, fixed, done }
  const plain = text.startsWith('\r\n', index) ? '' : plainForm(text.charAt(index))
  progress.fixed += text.slice(done, index) + plain
  progress.done = index + 1
}

/** The first place at or behind `from` where more may be needed than a character replaced, or -1. Settles what is before. */
function findWork(progress: Progress, from: number): number {
  const { text, traits, markup } = progress
  let previous = 0
  for (let index = from; index < text.length; index++) {
    const trait = traits[text.charCodeAt(index)] ?? 0
    if (trait === 0) {
      previous = 0
      continue
    }
    const kind = trait & KIND
    if (SUSPICIOUS_PAIRS[(previous << KIND_BITS) | kind] === 1) return index
    previous = kind
    if (trait & SETTLES && settles(text, index)) settle(progress, index)
    else if (trait & (PLAINER | CONTROL | NORMALIZED)) return index
    else if (trait & SUSPICIOUS && staysSuspicious(text, index)) return index
    else if (trait & AMPERSAND && index < markup && isReferenceAt(text, index)) return index
    else if (trait & SURROGATE && inspectSurrogate(text, index++) !== 0) return index - 1
  }
  return -1
}

function startOfLine(text: string, index: number): number {
  let start = index
  while (start > 0 && text.charCodeAt(start - 1) !== 0x0a) start--
  return start
}

/** Fixes the whole line around `index`; what was replaced in it is undone, for the order of the steps matters. Returns its end. */
function fixLineAround(progress: Progress, index: number, form: NormalizationForm): number {
  const { text, traits, markup, line } = progress
  if (index < line.end) Object.assign(progress, { fixed: line.fixed, done: line.done })
  const start = startOfLine(text, index)
  const end = text.indexOf('\n', index) + 1 || text.length
  const original = text.slice(start, end)
  const fixed = fixLine(original, { form, traits, html: start <= markup })
  if (fixed !== original) {
    progress.fixed += text.slice(progress.done, start) + fixed
    progress.done = end
  }
  return end
}

/**
 * Repairs a text line by line: character references, mojibake, ligatures, widths, quotes, line breaks, surrogates, terminal
 * escapes, control characters, and normalization to `form` (ftfy 6.3.1, `fix_text` with Unicode 14). References are left
 * alone from the first line with a `<` on: such a text is HTML.
 */
export function fixText(text: string, form: NormalizationForm): string {
  const firstMarkup = text.indexOf('<')
  const progress: Progress = {
    text,
    traits: traitsFor(form),
    markup: firstMarkup === -1 ? text.length : firstMarkup,
    fixed: '',
    done: 0,
    line: { end: 0, fixed: '', done: 0 },
  }
  let work = findWork(progress, 0)
  while (work !== -1) work = findWork(progress, fixLineAround(progress, work, form))
  return progress.done === 0 ? text : progress.fixed + text.slice(progress.done)
}
