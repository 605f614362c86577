import { z } from 'zod'
import { defineTextMapper } from '../../../../topologies/operator.ts'
import { commonParameters } from '../../../../topologies/parameters.ts'
import { characterCount, lower, strip } from '../../text/python-strings.ts'

/** What the places where a sentence may end are made of, as bits. */
const LINE_FEED = 1
const FULL_STOP = 2
const ELLIPSIS = 4
const QUOTE = 8
/** Ends a sentence together with a quote behind it. Braces and digits are in it because Data-Juicer's class has them. */
const QUOTED = 16

const KINDS = buildKinds()

const parameters = commonParameters.extend({
  lowercase: z.boolean().default(false).describe('whether sentences that differ in case only are the same'),
  ignore_special_character: z
    .boolean()
    .default(true)
    .describe('whether only Chinese characters, Latin letters, digits, blanks and tabs are compared'),
  min_repeat_sentence_length: z
    .number()
    .default(2)
    .describe('sentences with fewer characters always stay; only what is compared counts'),
  tokenizer: z
    .null({ error: 'tokenizer must be null: a recipe is data, so that it cannot bring a function of Python' })
    .optional()
    .describe('must be null: sentences are split by punctuation'),
})

export default defineTextMapper({
  name: 'remove_repeat_sentences_mapper',
  summary: 'Removes sentences that were already in the text.',
  parameters,
  quirks: [
    'Every full stop ends a sentence, also within numbers and names: 3.14 is two of them.',
    'By default letters of other scripts are not compared, so that Cyrillic, kana or Arabic sentences always stay.',
    'Blanks within a sentence count, and those at its ends do not.',
    'Line feeds stay where sentences go.',
  ],
  examples: [
    {
      title: 'removes sentences that were there before',
      text: 'Hello. Hello. World! Hello.\nHello.',
      expect: { text: 'Hello. World!\n' },
    },
    { title: 'compares without special characters', text: 'a, b! a b? a b', expect: { text: 'a, b!' } },
    {
      title: 'compares them on request',
      parameters: { ignore_special_character: false },
      text: 'a b! a b? a b!',
      expect: { text: 'a b! a b?' },
    },
    { title: 'ignores case on request', parameters: { lowercase: true }, text: 'Ab。aB。', expect: { text: 'Ab。' } },
    { title: 'keeps short sentences', text: 'x! x! xy! xy!', expect: { text: 'x! x! xy!' } },
    { title: 'keeps letters of other scripts', text: 'Привет. Привет.', expect: { text: 'Привет. Привет.' } },
  ],
  create(given) {
    const keyOf = given.ignore_special_character ? plainKeys(given) : exactKeys(given)
    return ({ value }) => {
      const seen = new Set<string>()
      return keepSentences(value, (start, end) => {
        const key = keyOf(value, start, end)
        if (key === null) return true
        const count = seen.size
        return seen.add(key).size > count
      })
    }
  },
})

/** What a sentence is compared by; null when it is too short to be compared. */
type KeyOf = (text: string, start: number, end: number) => string | null
type KeyOptions = Pick<z.infer<typeof parameters>, 'lowercase' | 'min_repeat_sentence_length'>

function exactKeys({ lowercase, min_repeat_sentence_length }: KeyOptions): KeyOf {
  return (text, start, end) => {
    const stripped = strip(text.slice(start, end))
    const key = lowercase ? lower(stripped) : stripped
    return characterCount(key, 0, key.length) < min_repeat_sentence_length ? null : key
  }
}

/** Only what survives is ever lower-cased, so that a table of units does it all. */
function plainKeys({ lowercase, min_repeat_sentence_length }: KeyOptions): KeyOf {
  const table = plainUnits(lowercase)
  let units = new Uint16Array(1024)
  return (text, start, end) => {
    const stripped = strip(text.slice(start, end))
    if (stripped.length > units.length) units = new Uint16Array(stripped.length * 2)
    let count = 0
    // without branches: what does not survive is written over by the next unit
    for (let i = 0; i < stripped.length; i++) {
      const unit = table[stripped.charCodeAt(i)] as number
      units[count] = unit
      count += unit === 0 ? 0 : 1
    }
    if (count < min_repeat_sentence_length) return null
    return Buffer.from(units.buffer, 0, count * 2).toString('utf16le')
  }
}

/** What each unit is compared as; 0 for not at all. The Kelvin sign and İ are Latin letters in lower case. */
function plainUnits(lowercase: boolean): Uint16Array {
  const table = new Uint16Array(0x10000)
  for (let unit = 0x4e00; unit <= 0x9fa5; unit++) table[unit] = unit
  for (const character of '\n\t 0123456789abcdefghijklmnopqrstuvwxyz') {
    const unit = character.charCodeAt(0)
    const capital = character.toUpperCase().charCodeAt(0)
    table[unit] = unit
    table[capital] = lowercase ? unit : capital
  }
  if (lowercase) {
    table['\u212a'.charCodeAt(0)] = 'k'.charCodeAt(0)
    table['\u0130'.charCodeAt(0)] = 'i'.charCodeAt(0)
  }
  return table
}

function buildKinds(): Uint8Array {
  const kinds = new Uint8Array(0x10000)
  const mark = (characters: string, bits: number) => {
    for (const character of characters) kinds[character.charCodeAt(0)] = bits
  }
  mark('\n', LINE_FEED)
  mark('.。!！?？', FULL_STOP | QUOTED)
  mark('…', ELLIPSIS | QUOTED)
  mark('{}26', QUOTED)
  mark('’”', QUOTE)
  return kinds
}

/** The text with only those sentences that `keep` likes, asked from left to right; line feeds belong to none and stay. */
function keepSentences(text: string, keep: (start: number, end: number) => boolean): string {
  let made = ''
  let from = 0
  let start = 0
  const finish = (end: number) => {
    if (end > start && !keep(start, end)) {
      made += text.slice(from, start)
      from = end
    }
    start = end
  }
  eachEnd(text, finish, () => start++)
  return from === 0 ? text : made + text.slice(from)
}

/**
 * Tells where sentences end, in order: behind a full stop, behind two ellipses, and behind a quote that follows one of them,
 * each unless a quote or the end of the line comes next. Each of the three skips one character after it has ended a sentence,
 * because Data-Juicer's patterns consume it. Lines end with a sentence, and then `lineFeed` is called.
 */
function eachEnd(text: string, finish: (end: number) => void, lineFeed: () => void): void {
  let stop = 0
  let ellipsis = 0
  let quoted = 0
  for (let i = 0; i < text.length; i++) {
    const kind = KINDS[text.charCodeAt(i)] as number
    if (kind === 0) continue
    if (kind === LINE_FEED) {
      finish(i)
      lineFeed()
      continue
    }
    const next = kindAt(text, i + 1)
    if (kind & FULL_STOP && i >= stop && goesOn(next)) {
      finish(i + 1)
      stop = i + 2
    }
    if (kind & next & ELLIPSIS && i >= ellipsis && goesOn(kindAt(text, i + 2))) {
      finish(i + 2)
      ellipsis = i + 3
    }
    if (kind & QUOTED && next & QUOTE && i >= quoted && goesOn(kindAt(text, i + 2))) {
      finish(i + 2)
      quoted = i + 3
    }
  }
  finish(text.length)
}

/** The kind of a unit; the end of the text is as good as that of a line. */
function kindAt(text: string, index: number): number {
  return index < text.length ? (KINDS[text.charCodeAt(index)] as number) : LINE_FEED
}

function goesOn(kind: number): boolean {
  return (kind & (LINE_FEED | QUOTE)) === 0
}
