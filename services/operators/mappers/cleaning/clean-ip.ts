import { z } from 'zod'
import { defineTextMapper } from '../../../../topologies/operator.ts'
import { commonParameters } from '../../../../topologies/parameters.ts'
import { checkSubstitution, expand, parseTemplate, substitution, unnamedGroups } from '../../text/python-template.ts'

const OCTET = '(?:1[0-9][0-9]|2[0-4][0-9]|25[0-5]|[1-9]?[0-9])'
const VERSION_4 = new RegExp(`(?:${OCTET}\\.){3}${OCTET}`, 'y')
/** A digit of any script is one of these to Data-Juicer. */
const HEXADECIMAL = '[\\p{Nd}a-fA-F]'
const VERSION_6 = new RegExp(`(?:${HEXADECIMAL}{1,4}:){6}(${HEXADECIMAL}{1,4}:)${HEXADECIMAL}{1,4}`, 'uy')
const VERSION_6_START = new RegExp(`${HEXADECIMAL}{1,4}$`, 'u')
/** Data-Juicer's default pattern has one group, the last part of an IPv6 address that a colon follows. */
const DEFAULT_GROUPS = unnamedGroups(1)

const parameters = commonParameters
  .extend({
    pattern: z
      .string()
      .nullish()
      .describe("regular expression of Python's module regex for what is replaced; IP addresses when not given"),
    repl: z.string().default('').describe('replacement, with \\1 or \\g<name> for groups of the pattern'),
  })
  .superRefine(checkSubstitution(DEFAULT_GROUPS))

export default defineTextMapper({
  name: 'clean_ip_mapper',
  summary: 'Removes IPv4 and IPv6 addresses, or replaces them.',
  parameters,
  quirks: [
    'Addresses need no boundary: 1234.1.1.1 becomes 1, and 1.2.3.4.5 becomes .5, so that version numbers suffer.',
    'IPv6 addresses are found in their long form only, eight parts and no double colon.',
  ],
  examples: [
    { title: 'removes an IPv4 address', text: 'from 192.168.0.1 to home', expect: { text: 'from  to home' } },
    {
      title: 'removes a long IPv6 address',
      text: '[2001:db8:85a3:0:0:8a2e:370:7334]:80',
      expect: { text: '[]:80' },
    },
    { title: 'keeps a short IPv6 address', text: 'fe80::1', expect: { text: 'fe80::1' } },
    { title: 'takes the end of a longer number', text: '1234.1.1.1 and 256.1.1.1', expect: { text: '1 and 2' } },
    {
      title: 'replaces addresses',
      parameters: { repl: '<IP>' },
      text: '10.0.0.1, 10.0.0.2',
      expect: { text: '<IP>, <IP>' },
    },
    {
      title: 'replaces what a pattern of the user matches',
      parameters: { pattern: '(\\d+)\\.x', repl: '\\1' },
      text: '10.x',
      expect: { text: '10' },
    },
  ],
  create({ pattern, repl }) {
    if (typeof pattern === 'string') {
      const substitute = substitution(pattern, repl)
      return (text) => substitute(text.value)
    }
    const template = parseTemplate(repl, DEFAULT_GROUPS)
    return (text) => replaceAddresses(text.value, (address) => expand(template, address))
  },
})

function replaceAddresses(text: string, replacement: (address: string[]) => string): string {
  let made = ''
  let from = 0
  let four = findVersion4(text, 0)
  let six = findVersion6(text, 0)
  for (let found = earlier(four, six); found; found = earlier(four, six)) {
    made += text.slice(from, found.index) + replacement(found)
    from = found.index + found[0].length
    if (four && four.index < from) four = findVersion4(text, from)
    if (six && six.index < from) six = findVersion6(text, from)
  }
  return from === 0 ? text : made + text.slice(from)
}

function earlier(one: RegExpExecArray | null, other: RegExpExecArray | null): RegExpExecArray | null {
  if (!one || !other) return one ?? other
  return one.index < other.index ? one : other
}

/** Looks at each dot between digits: an address begins at most three digits before it. */
function findVersion4(text: string, from: number): RegExpExecArray | null {
  for (let dot = text.indexOf('.', from); dot >= 0; dot = text.indexOf('.', dot + 1)) {
    if (!isDigit(text.charCodeAt(dot + 1)) || !isDigit(text.charCodeAt(dot - 1))) continue
    for (let start = Math.max(from, dot - 3); start < dot; start++) {
      const found = matchAt(VERSION_4, text, start)
      if (found) return found
    }
  }
  return null
}

/** Looks at each colon: an address begins at most four digits before it, each of one or two code units. */
function findVersion6(text: string, from: number): RegExpExecArray | null {
  for (let colon = text.indexOf(':', from); colon >= 0; colon = text.indexOf(':', colon + 1)) {
    if (!mayBeHexadecimal(text.charCodeAt(colon + 1)) || !mayBeHexadecimal(text.charCodeAt(colon - 1))) continue
    const first = Math.max(from, colon - 8)
    const digits = VERSION_6_START.exec(text.slice(first, colon))
    const found = digits && matchAt(VERSION_6, text, first + digits.index)
    if (found) return found
  }
  return null
}

function matchAt(pattern: RegExp, text: string, place: number): RegExpExecArray | null {
  pattern.lastIndex = place
  return pattern.exec(text)
}

function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39
}

/** All but the digits of other scripts are told by the code unit. */
function mayBeHexadecimal(unit: number): boolean {
  return isDigit(unit) || unit > 0x7f || ((unit | 0x20) >= 0x61 && (unit | 0x20) <= 0x66)
}
