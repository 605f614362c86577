import { translatePattern } from '../text/python-pattern.ts'
import { after, isSpace, isWordAt, isWordBefore, skipSpaces } from './characters.ts'
import type { Find } from './matches.ts'

const COLON = 0x3a
const EQUALS = 0x3d
/** Longer than every name that is looked for. */
const LONGEST_NAME = 16
/** The letters that names end in. */
const LAST_LETTERS = 'dhlntyDHLNTY'
/** Where case is ignored, re also takes ſ for s, the Kelvin sign for k, and İ and ı for i. */
const SECRETS = folded('(?:api[_-]?key|secret|password|passwd|token|auth|authorization|credential|license[_-]?key)$')
const IDS = folded('(?:session|user|request|trace)[_-]?id$')

function folded(pattern: string): RegExp {
  const extended = pattern.replaceAll('s', '[s\u017f]').replaceAll('k', '[k\u212a]').replaceAll('i', '[i\u0130\u0131]')
  return new RegExp(extended, 'i')
}

/** A name of the list with a colon or an equals sign behind it. */
interface Assignment {
  start: number
  name: string
  sign: number
  /** Behind the sign, the blanks and the quote that may follow it. */
  value: number
}

/** The first sign at `from` or behind it that has one of the names before it, and nothing but blanks between them. */
function nextAssignment(text: string, from: number, at: number, names: RegExp): Assignment | null {
  for (let sign = at; sign < text.length; sign++) {
    const unit = text.charCodeAt(sign)
    if (unit !== COLON && unit !== EQUALS) continue
    let end = sign
    while (end > from && isSpace(text.charCodeAt(end - 1))) end--
    if (!LAST_LETTERS.includes(text[end - 1] ?? '-')) continue
    const name = names.exec(text.slice(Math.max(from, end - LONGEST_NAME), end))?.[0]
    if (name === undefined || isWordBefore(text, end - name.length)) continue
    const blanks = skipSpaces(text, sign + 1)
    const isQuoted = text[blanks] === '"' || text[blanks] === "'"
    return { start: end - name.length, name, sign, value: isQuoted ? blanks + 1 : blanks }
  }
  return null
}

/** Finds a name with a value behind it; `valueEnd` says where a value ends, and `groups` what they hold. */
function findAssignment(
  names: RegExp,
  valueEnd: (text: string, value: number) => number,
  groups: (text: string, found: Assignment, end: number) => string[],
): Find {
  return (text, from) => {
    for (let found = nextAssignment(text, from, from, names); found; ) {
      const end = valueEnd(text, found.value)
      if (end > found.value) return { start: found.start, end, groups: groups(text, found, end) }
      found = nextAssignment(text, from, found.sign + 1, names)
    }
    return null
  }
}

/** `password: …` and the like: group 1 is all up to the value, group 2 the value. */
export const findSecret: Find = findAssignment(SECRETS, secretEnd, (text, { start, value }, end) => [
  text.slice(start, value),
  text.slice(value, end),
])

/** A secret ends before a blank, a quote, a comma or a closing brace or bracket. */
function secretEnd(text: string, start: number): number {
  let end = start
  while (end < text.length && !isSpace(text.charCodeAt(end)) && !'"\',}]'.includes(text[end] ?? '')) end++
  return end
}

/** `user_id: …` and the like: group 1 is the name. */
export const findId: Find = findAssignment(IDS, idEnd, (_, { name }) => [name])

function idEnd(text: string, start: number): number {
  let end = start
  while (text[end] === '.' || text[end] === '-' || isWordAt(text, end)) end = after(text, end)
  return end
}

const CHANNEL = /channel/i
let channels: RegExp | null = null

/** The channel that a message came by: group 1 is all up to its name. */
export const findChannel: Find = (text, from) => {
  if (from === 0 && !CHANNEL.test(text)) return null
  channels ??= translatePattern(
    '(?i)(\\bchannel\\s*[:=]\\s*["\']?|当前的\\s*channel\\s*[:：]\\s*)(feishu|dingtalk|wecom|wechat_work|email|mail|飞书|钉钉|企业微信|邮箱)\\b',
    're',
  ).regExp
  channels.lastIndex = from
  const match = channels.exec(text)
  return match && { start: match.index, end: match.index + match[0].length, groups: [match[1] ?? '', match[2] ?? ''] }
}
