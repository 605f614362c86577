import { z } from 'zod'
import { defineTextMapper } from '../../../../topologies/operator.ts'
import { commonParameters } from '../../../../topologies/parameters.ts'
import { checkSubstitution, expand, parseTemplate, substitution, unnamedGroups } from '../../text/python-template.ts'

const AT = 0x40
const DOT = 0x2e
/** What an address may hold before the at sign; after it, capitals are not allowed. */
const LOCAL = asciiTable(/[A-Za-z0-9.\-+_]/)
const HOST = asciiTable(/[a-z0-9.\-+_]/)
const LETTER = asciiTable(/[a-z]/)
/** Data-Juicer's default pattern has no groups. */
const DEFAULT_GROUPS = unnamedGroups(0)

const parameters = commonParameters
  .extend({
    pattern: z
      .string()
      .nullish()
      .describe("regular expression of Python's module regex for what is replaced; e-mail addresses when not given"),
    repl: z.string().default('').describe('replacement, with \\1 or \\g<name> for groups of the pattern'),
  })
  .superRefine(checkSubstitution(DEFAULT_GROUPS))

export default defineTextMapper({
  name: 'clean_email_mapper',
  summary: 'Removes e-mail addresses, or replaces them.',
  parameters,
  quirks: ['The part after the at sign must be in lower case: A.b@C.com stays.'],
  examples: [
    { title: 'removes addresses', text: 'write to jane.doe+x@mail.example.org.', expect: { text: 'write to .' } },
    { title: 'keeps a host in capitals', text: 'A.b@C.com', expect: { text: 'A.b@C.com' } },
    { title: 'keeps a lone at sign', text: 'me @ home.net, a@b', expect: { text: 'me @ home.net, a@b' } },
    {
      title: 'replaces addresses',
      parameters: { repl: '<EMAIL>' },
      text: 'a@b.co, c@d.eu',
      expect: { text: '<EMAIL>, <EMAIL>' },
    },
    {
      title: 'replaces what a pattern of the user matches',
      parameters: { pattern: '(\\w+)@\\w+', repl: '\\1' },
      text: 'jane@home',
      expect: { text: 'jane' },
    },
  ],
  create({ pattern, repl }) {
    if (typeof pattern === 'string') {
      const substitute = substitution(pattern, repl)
      return (text) => substitute(text.value)
    }
    const template = parseTemplate(repl, DEFAULT_GROUPS)
    return (text) => replaceAddresses(text.value, (address) => expand(template, [address]))
  },
})

function asciiTable(characters: RegExp): boolean[] {
  return Array.from({ length: 128 }, (_, code) => characters.test(String.fromCharCode(code)))
}

/** Looks at each at sign: an address is all that may be before it, and a host with a last part of letters behind it. */
function replaceAddresses(text: string, replacement: (address: string) => string): string {
  let made = ''
  let from = 0
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    let start = at
    while (start > from && LOCAL[text.charCodeAt(start - 1)]) start--
    const end = start < at ? hostEnd(text, at + 1) : -1
    if (end < 0) continue
    made += text.slice(from, start) + replacement(text.slice(start, end))
    from = end
  }
  return from === 0 ? text : made + text.slice(from)
}

/** Where the host ends: its last dot with something before it and a letter behind it, and all letters from there. */
function hostEnd(text: string, start: number): number {
  if (text.charCodeAt(start) === AT) return -1
  let dot = -1
  let at = start
  for (; HOST[text.charCodeAt(at)]; at++) {
    if (text.charCodeAt(at) === DOT && at > start && LETTER[text.charCodeAt(at + 1)]) dot = at
  }
  if (dot < 0) return -1
  let end = dot + 1
  while (LETTER[text.charCodeAt(end)]) end++
  return end
}
