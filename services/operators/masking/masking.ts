import { bankCardEnd, identityCardEnd } from './cards.ts'
import { landlineEnd, mobilePhoneEnd } from './chinese-phones.ts'
import { AT, CLAIMED, COLON, codeAt, codeTable, digitsEnd, isDigit, OPEN, PLUS } from './codes.ts'
import { findEmails } from './emails.ts'
import { internationalPhoneEnd } from './international-phones.ts'
import { findIpv6, ipv4End } from './ip-addresses.ts'

/** The kinds of what is masked, in the order in which they claim a place that several could have. */
export const KINDS = [
  'email',
  'ip',
  'id_card',
  'bank_card',
  'mobile_phone',
  'telephone',
  'international_phone',
] as const

export type Kind = (typeof KINDS)[number]

export interface MaskingPlan {
  /** What stands in place of each kind; a kind without an entry stays. */
  replacements: Partial<Record<Kind, string>>
  /** Whether identity cards of 15 digits count. */
  oldIdCards: boolean
  /** Whether fullwidth letters, digits and signs are read as the usual ones. */
  fullWidth: boolean
}

/** Where a number ends that begins at `start`, and its kind. */
type NumberRule = [kind: Kind, end: (codes: Uint8Array, start: number, text: string) => number]

interface Claim {
  start: number
  end: number
  replacement: string
}

/**
 * Replaces private data by what stands for its kind. E-mail and IPv6 addresses are looked for first, then all numbers from left
 * to right; of several kinds at one place the first in KINDS counts. The same string when there is none. Linear in the length.
 */
export function masking({ replacements, oldIdCards, fullWidth }: MaskingPlan): (text: string) => string {
  const table = codeTable(fullWidth)
  const rules = numberRules(oldIdCards).filter(([kind]) => replacements[kind] !== undefined)
  return (text) => {
    const codes = new Uint8Array(text.length)
    const places = readCodes(text, codes, table)
    if (places.length === 0) return text
    const claims: Claim[] = []
    const claim = (kind: Kind, start: number, end: number) => {
      codes.fill(CLAIMED, start, end)
      claims.push({ start, end, replacement: replacements[kind] ?? '' })
    }
    if (replacements.email !== undefined) findEmails(codes, (start, end) => claim('email', start, end))
    if (replacements.ip !== undefined) findIpv6(codes, (start, end) => claim('ip', start, end))
    findNumbers({ codes, text, rules, places }, claim)
    return replaced(text, claims)
  }
}

function numberRules(oldIdCards: boolean): NumberRule[] {
  return [
    ['ip', ipv4End],
    ['id_card', (codes, start) => identityCardEnd(codes, start, oldIdCards)],
    ['bank_card', bankCardEnd],
    ['mobile_phone', mobilePhoneEnd],
    ['telephone', landlineEnd],
    ['international_phone', internationalPhoneEnd],
  ]
}

/** 1 for the codes at which private data may begin, or that it must have. */
const TELLING = Uint8Array.from({ length: 0x100 }, (_, code) =>
  isDigit(code) || [PLUS, OPEN, COLON, AT].includes(code) ? 1 : 0,
)

/** Reads a text's codes; the places of the telling ones. */
function readCodes(text: string, codes: Uint8Array, table: Uint8Array): number[] {
  const telling = TELLING
  const places: number[] = []
  for (let i = 0; i < codes.length; i++) {
    const code = table[text.charCodeAt(i)] as number
    codes[i] = code
    if (telling[code] !== 0) places.push(i)
  }
  return places
}

interface Numbers {
  codes: Uint8Array
  text: string
  rules: NumberRule[]
  /** Places of digits and signs before them, among others. */
  places: number[]
}

/** Reports every number that one of the rules knows, trying them where digits, a plus sign or a bracket begin. */
function findNumbers(numbers: Numbers, found: (kind: Kind, start: number, end: number) => void): void {
  const { codes, places } = numbers
  let from = 0
  for (const at of places) {
    if (at < from) continue
    const code = codes[at] as number
    const isNumber = isDigit(code)
    if (!isNumber && !startsBefore(codes, code, at)) continue
    const match = numberAt(numbers, at)
    if (match) found(match.kind, at, match.end)
    if (match || isNumber) from = match?.end ?? digitsEnd(codes, at)
  }
}

/** What the first rule knows that knows anything at `start`. */
function numberAt({ codes, text, rules }: Numbers, start: number): { kind: Kind; end: number } | null {
  for (const [kind, endOf] of rules) {
    const end = endOf(codes, start, text)
    if (end >= 0) return { kind, end }
  }
  return null
}

/** A plus sign before a digit, or a bracket before a digit or a plus sign. */
function startsBefore(codes: Uint8Array, code: number, at: number): boolean {
  if (code !== PLUS && code !== OPEN) return false
  const next = codeAt(codes, at + 1)
  return isDigit(next) || (code === OPEN && next === PLUS)
}

function replaced(text: string, claims: Claim[]): string {
  if (claims.length === 0) return text
  claims.sort((a, b) => a.start - b.start)
  let made = ''
  let from = 0
  for (const { start, end, replacement } of claims) {
    made += text.slice(from, start) + replacement
    from = end
  }
  return made + text.slice(from)
}
