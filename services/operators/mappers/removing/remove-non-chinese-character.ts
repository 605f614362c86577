import { z } from 'zod'
import { defineTextMapper } from '../../../../topologies/operator.ts'
import { commonParameters } from '../../../../topologies/parameters.ts'

/** What Data-Juicer takes for the Chinese characters; newer ideographs are not among them. */
const CHINESE = ['\u4e00', '\u9fa5'] as const
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const NUMBERS = '0123456789'
const PUNCTUATION = '.， ,-。%《*》/•、&＆(—)（+）：？!！“”·'

export default defineTextMapper({
  name: 'remove_non_chinese_character_mapper',
  summary: 'Removes all characters that are not Chinese, and keeps Latin letters, digits and punctuation on request.',
  parameters: commonParameters.extend({
    keep_alphabet: z.boolean().default(true).describe('whether the letters A to Z stay, small and capital'),
    keep_number: z.boolean().default(true).describe('whether the digits 0 to 9 stay'),
    keep_punc: z.boolean().default(true).describe(`whether these stay: ${PUNCTUATION}`),
  }),
  quirks: [
    'Line feeds and tabs are removed, so that the text becomes one line.',
    'Ideographs beyond U+9FA5, and those of the extensions, are removed; so are 〇, ；and the ASCII question mark.',
    'The blank counts as punctuation.',
  ],
  examples: [
    { title: 'removes what is not Chinese', text: '你好，мир\n世界♥', expect: { text: '你好，世界' } },
    { title: 'keeps letters, digits and some punctuation', text: 'a1 中?', expect: { text: 'a1 中' } },
    {
      title: 'removes them on request',
      parameters: { keep_alphabet: false, keep_number: false, keep_punc: false },
      text: '第1章 ABC：开始',
      expect: { text: '第章开始' },
    },
    { title: 'removes ideographs of the extensions', text: '㐀𠀀龦中', expect: { text: '中' } },
  ],
  create({ keep_alphabet, keep_number, keep_punc }) {
    const stays = new Uint8Array(0x10000)
    stays.fill(1, CHINESE[0].charCodeAt(0), CHINESE[1].charCodeAt(0) + 1)
    const kept = (keep_alphabet ? ALPHABET : '') + (keep_number ? NUMBERS : '') + (keep_punc ? PUNCTUATION : '')
    for (const character of kept) stays[character.charCodeAt(0)] = 1
    return ({ value }) => only(value, stays)
  },
})

/** The units of a text that the table has; the same string when it has them all. */
function only(text: string, stays: Uint8Array): string {
  let i = 0
  while (i < text.length && stays[text.charCodeAt(i)]) i++
  if (i === text.length) return text
  const start = i
  const units = roomFor(text.length - start)
  let count = 0
  // without branches: each unit is written where the next one that stays overwrites it if it goes
  for (; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    units[count] = unit
    count += stays[unit] as number
  }
  return text.slice(0, start) + Buffer.from(units.buffer, 0, count * 2).toString('utf16le')
}

/** Units of a text that share one piece of memory with the next. */
const LONGEST_SHARED = 2 ** 18
let shared = new Uint16Array(0)

function roomFor(length: number): Uint16Array<ArrayBuffer> {
  if (length > LONGEST_SHARED) return new Uint16Array(length)
  if (shared.length === 0) shared = new Uint16Array(LONGEST_SHARED)
  return shared
}
