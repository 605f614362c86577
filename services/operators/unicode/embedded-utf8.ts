import { BYTE_CHARSETS } from './byte-charsets.ts'

/** What a character can be in UTF-8 that was read in a Latin-1-like charset: the first of so many bytes, or a later one. */
const FIRST_OF_2 = 1
const FIRST_OF_3 = 2
const FIRST_OF_4 = 4
const LATER = 8
/** A later byte that hardly stands for itself: blanks, dashes, bullets, quotation marks and ellipses do. */
const STRICTLY_LATER = 16

const STAND_FOR_THEMSELVES = '–—―‘’‚“”„•…'

/** Roles of the bytes (ftfy 6.3.1, UTF8_CLUES). Of the leads of four bytes only F0 and F3 have assigned characters. */
function roleOfByte(byte: number): number {
  if (byte < 0xc0) return LATER | STRICTLY_LATER
  if (byte >= 0xc2 && byte < 0xe0) return FIRST_OF_2
  if (byte >= 0xe0 && byte < 0xf0) return FIRST_OF_3
  return byte === 0xf0 || byte === 0xf3 ? FIRST_OF_4 : 0
}

function makeRoles(): Uint8Array {
  const roles = new Uint8Array(0x10000)
  for (const { name, upper } of BYTE_CHARSETS) {
    if (name !== 'latin-1' && !name.startsWith('windows-')) continue
    for (let byte = 0x80; byte < 0x100; byte++) {
      const unit = upper.charCodeAt(byte - 0x80)
      roles[unit] = (roles[unit] ?? 0) | roleOfByte(byte)
    }
  }
  // A blank may have been a no-break space.
  roles[0x20] = LATER
  for (const character of STAND_FOR_THEMSELVES) roles[character.charCodeAt(0)] = LATER
  return roles
}

let made: Uint8Array | null = null

function rolesOfUnits(): Uint8Array {
  made ??= makeRoles()
  return made
}

function countLater(roles: Uint8Array, text: string, from: number): number {
  let count = 0
  while (count < 3 && (roles[text.charCodeAt(from + count)] ?? 0) & LATER) count++
  return count
}

/** Length of one character's sequence at `index`, or 0. */
function sequenceLength(roles: Uint8Array, text: string, index: number): number {
  const first = roles[text.charCodeAt(index)] ?? 0
  if ((first & (FIRST_OF_2 | FIRST_OF_3 | FIRST_OF_4)) === 0) return 0
  const later = countLater(roles, text, index + 1)
  if (first & FIRST_OF_2 && later >= 1) return 2
  if (first & FIRST_OF_3 && later >= 2) return 3
  return first & FIRST_OF_4 && later >= 3 ? 4 : 0
}

/**
 * How many characters at `index` look like UTF-8 sequences read in another charset, one behind the other; 0 when none do. There
 * are none right behind a strictly later byte: one would mend a few characters of a great garble and make it worse.
 */
export function lengthOfEmbeddedUtf8(text: string, index: number): number {
  const roles = rolesOfUnits()
  if (index > 0 && (roles[text.charCodeAt(index - 1)] ?? 0) & STRICTLY_LATER) return 0
  let end = index
  for (let length = -1; length !== 0; end += length) length = sequenceLength(roles, text, end)
  return end - index
}
