import { NEWER_THAN_14 } from './unicode-14.ts'

/*
 * Whether a text looks like mojibake: the heuristic of ftfy 6.3.1 (badness.py). Its character classes are facts about which
 * characters appear when UTF-8 is read in another charset; its rules are sequences that hardly occur otherwise.
 * Everything below is the body of a character class.
 */
const COMMON = '\xa0\xad·´–—―…’'
const C1 = '\x80-\x9f'
const BAD = '¦¤¨¬¯¸ªºƒˆˇ˘˛˜†‡‰⌐◊\ufffd'
const LAW = '¶§'
const CURRENCY = '¢£¥₧€'
const START = '¡«¿©΄΅‘‚“„•‹\uf8ff'
const END = '®»˝”›™'
const NUMERIC = '±-³µ¹¼-¾×÷⁄№∂∆∏∑√∞∩∫≈≠≡≤≥'
const FACES = 'Ò-ÖÙ-Üò-öø-üŐŌŪŲ°'
const UPPER_ACCENTED = 'À-ÑØÜÝĀĂĄĆČĎĐĒĖĘĚĞĢĪİĶĹĻĽŁŃŅŇŒŘŚŞŠŢŤŮŰŸŹŻŽҐ'
const LOWER_ACCENTED = 'ß-ñüāăąćčďđēėęěğģīįķĺļľłœŕśşšťźżžґﬁﬂ'
const UPPER_COMMON = 'ÞΆΈ-ΊΌΎΏΑ-ΫЁ-Я'
const LOWER_COMMON = 'ά-ωа-џ'
const BOX = '│┌┐┘├┤┬┼═-╬▀▄█▌▐-▓'

const ACCENTED = LOWER_ACCENTED + UPPER_ACCENTED
const SIGNS = BOX + START + END + CURRENCY + NUMERIC + LAW
/** White space as Python's `\s` has it. */
const SPACE = '\x09-\x0d\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000'
const SECOND_OF_ARABIC = `${COMMON}${CURRENCY}${BAD}${NUMERIC}${START}ŸŠ®°µ»`
const SECOND_OF_CYRILLIC = `${C1}${BAD}${START}${END}${CURRENCY}°µ`
const SECOND_OF_GREEK = `${C1}${BAD}${START}${END}${CURRENCY}°`

/**
 * A rule: classes of neighbouring characters, and a pattern that must follow them. `pair` is the place of the first of two
 * neighbours that are both rare; only where such a pair stands is the rule tried.
 */
interface Rule {
  classes: string[]
  pair: number
  ending?: string
}

const from = (pair: number, ...classes: string[]): Rule => ({ classes, pair })

const RULES: Rule[] = [
  from(0, BAD + ACCENTED + SIGNS, BAD),
  from(1, 'a-zA-Z', LOWER_COMMON + UPPER_COMMON, BAD),
  from(0, BAD, ACCENTED + SIGNS),
  from(0, LOWER_ACCENTED + LOWER_COMMON + BOX + END + CURRENCY + NUMERIC, UPPER_ACCENTED),
  from(0, BOX + END + CURRENCY + NUMERIC, LOWER_ACCENTED),
  from(0, LOWER_ACCENTED + BOX + END, CURRENCY),
  from(1, SPACE, UPPER_ACCENTED, CURRENCY),
  from(0, UPPER_ACCENTED + BOX, NUMERIC + LAW),
  from(0, ACCENTED + BOX + CURRENCY + END, START, NUMERIC),
  from(0, ACCENTED + CURRENCY + NUMERIC + BOX + LAW, END, START),
  from(0, CURRENCY + NUMERIC + BOX, START),
  from(1, 'a-z', UPPER_ACCENTED, START + CURRENCY),
  from(0, BOX, FACES),
  from(0, ACCENTED + CURRENCY + NUMERIC + START + END + LAW, BOX),
  from(0, BOX, END),
  from(0, UPPER_ACCENTED, '°'),
  { pair: 0, classes: [ACCENTED, START + END], ending: `(?![${NEWER_THAN_14}])[\\p{L}\\p{N}_]` },
  // windows-1252
  from(0, 'ÂÃÎÐ', `€œŠš¢£Ÿž\xa0\xad®©°·»${START}${END}–—´`),
  from(0, '×', '²³'),
  from(0, 'ØÙ', SECOND_OF_ARABIC, 'ØÙ', SECOND_OF_ARABIC),
  from(0, 'à', '²µ¹¼½¾'),
  from(0, 'Ã', '\xa0¡'),
  from(1, `a-z.,?!${END}`, 'Â', START + END),
  // macroman
  from(0, '√', '±∂†≠®™´≤≥¥µø'),
  from(0, '≈', '°¢'),
  from(0, '‚', 'Ä', 'ìîïòôúùû†°¢π'),
  from(0, '‚', 'âó', 'àä°ê'),
  // windows-1251, windows-1253, windows-1257
  from(0, 'в', 'Ђ'),
  from(0, 'ВГРС', SECOND_OF_CYRILLIC, 'ВГРС'),
  from(0, 'Г', 'ў', 'В', 'Ђ', 'В', '^\n', 'A-Za-z '),
  from(0, 'β', '€', '™\xa0Ά\xad®°'),
  from(0, 'ΒΓΞΟ', SECOND_OF_GREEK, 'ΒΓΞΟ'),
  from(0, 'ā', '€'),
]

/** Characters that begin, or are, a sequence whose other characters are common ones. */
const ALONE = `${C1}ŒœÂÃ`

const SEQUENCES = [
  ...RULES.map(({ classes, ending = '' }) => classes.map((body) => `[${body}]`).join('') + ending),
  `[${C1}]`,
  '[Œœ][^A-Za-z]',
  `[a-z][${SPACE}]?[ÃÂ] `,
  '^[ÃÂ] ',
  `[a-z.,?!${END}]Â `,
]

const HERE = new RegExp(SEQUENCES.join('|'), 'uy')

/** Whether a sequence of mojibake begins at `index` or at most two characters before it. */
export function isMojibakeAt(text: string, index: number): boolean {
  for (let start = Math.max(0, index - 2); start <= index; start++) {
    HERE.lastIndex = start
    if (HERE.test(text)) return true
  }
  return false
}

const isLetter = (unit: number): boolean => (unit >= 0x41 && unit <= 0x5a) || (unit >= 0x61 && unit <= 0x7a)

/** Whether the unit behind a suspicious one leaves it suspicious, so that most words with a ligature need no closer look. */
export function staysSuspicious(text: string, index: number): boolean {
  const unit = text.charCodeAt(index)
  if (unit === 0x152 || unit === 0x153) return !isLetter(text.charCodeAt(index + 1))
  return unit < 0xa0 || text.charCodeAt(index + 1) === 0x20
}

/** The units of a class body, without ASCII. */
function unitsOf(body: string): Set<number> {
  const units = new Set<number>()
  for (let index = 0; index < body.length; index++) {
    const first = body.charCodeAt(index)
    const isRange = body[index + 1] === '-'
    if (isRange) index += 2
    for (let unit = Math.max(first, 0x80); unit <= body.charCodeAt(index); unit++) units.add(unit)
  }
  return units
}

const PAIRS_OF_SETS = RULES.map(({ classes, pair }) => ({
  first: unitsOf(classes[pair] ?? ''),
  second: unitsOf(classes[pair + 1] ?? ''),
}))

/** A badness trait: the low bits hold the kind of a character; characters are of one kind when the rules treat them alike. */
export const KIND_BITS = 6
export const KIND = (1 << KIND_BITS) - 1
/** Trait of a character of which one alone is worth a closer look. */
export const SUSPICIOUS = 1 << KIND_BITS

/** The kinds of all units that stand in pairs, each with one unit as its example. */
function sortIntoKinds(ofUnit: Uint8Array): { kind: number; example: number }[] {
  const kinds = new Map<string, { kind: number; example: number }>()
  for (const unit of new Set(PAIRS_OF_SETS.flatMap(({ first, second }) => [...first, ...second]))) {
    const signature = PAIRS_OF_SETS.map(({ first, second }) => `${first.has(unit)}${second.has(unit)}`).join()
    const known = kinds.get(signature) ?? { kind: kinds.size + 1, example: unit }
    kinds.set(signature, known)
    ofUnit[unit] = known.kind
  }
  return [...kinds.values()]
}

function findPairs(kinds: { kind: number; example: number }[]): Uint8Array {
  const pairs = new Uint8Array(1 << (2 * KIND_BITS))
  for (const a of kinds) {
    for (const b of kinds) {
      const possible = PAIRS_OF_SETS.some(({ first, second }) => first.has(a.example) && second.has(b.example))
      if (possible) pairs[(a.kind << KIND_BITS) | b.kind] = 1
    }
  }
  return pairs
}

/** The badness trait of each UTF-16 unit; 0 for most. */
export const BADNESS_TRAITS = new Uint8Array(0x10000)
/** At `first << KIND_BITS | second`: 1 where a character of the one kind before one of the other may be mojibake. */
export const SUSPICIOUS_PAIRS = findPairs(sortIntoKinds(BADNESS_TRAITS))

for (const unit of unitsOf(ALONE)) BADNESS_TRAITS[unit] = (BADNESS_TRAITS[unit] ?? 0) | SUSPICIOUS

/** Whether a text looks like mojibake. */
export function isBad(text: string): boolean {
  let previous = 0
  for (let index = 0; index < text.length; index++) {
    const trait = BADNESS_TRAITS[text.charCodeAt(index)] ?? 0
    const kind = trait & KIND
    const suspicious =
      SUSPICIOUS_PAIRS[(previous << KIND_BITS) | kind] === 1 || (trait >= SUSPICIOUS && staysSuspicious(text, index))
    if (suspicious && isMojibakeAt(text, index)) return true
    previous = kind
  }
  return false
}
