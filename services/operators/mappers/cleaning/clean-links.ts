import { z } from 'zod'
import { defineTextMapper } from '../../../../topologies/operator.ts'
import { commonParameters } from '../../../../topologies/parameters.ts'
import { linkGroups, replaceLinks } from '../../text/link-scanner.ts'
import { checkSubstitution, expand, parseTemplate, substitution, unnamedGroups } from '../../text/python-template.ts'

/** Capture groups of Data-Juicer's default pattern. */
const DEFAULT_GROUPS = unnamedGroups(5)

const parameters = commonParameters
  .extend({
    pattern: z
      .string()
      .nullish()
      .describe("regular expression of Python's module regex for what is replaced; links when not given"),
    repl: z.string().default('').describe('replacement, with \\1 or \\g<name> for groups of the pattern'),
  })
  .superRefine(checkSubstitution(DEFAULT_GROUPS))

export default defineTextMapper({
  name: 'clean_links_mapper',
  summary: 'Removes links, or replaces them.',
  parameters,
  quirks: [
    'A link must begin at a word boundary: right behind a Chinese character it stays.',
    'Chinese commas and what follows them up to the next blank are taken for part of a link.',
    'Anything with a word, a colon and a letter is a link, mailto:a@b.c for one; http:x is too short.',
  ],
  examples: [
    { title: 'removes links', text: 'see https://example.org/a_(b)?c=d, please', expect: { text: 'see , please' } },
    {
      title: 'removes hosts with a path',
      text: 'on www.example.org and example.org/path',
      expect: { text: 'on  and ' },
    },
    { title: 'keeps a bare host', text: 'example.org', expect: { text: 'example.org' } },
    { title: 'eats Chinese text after a link', text: '见 http://a.com/中文，好', expect: { text: '见 ' } },
    {
      title: 'keeps a link glued to a Chinese character',
      text: '链接http://a.com/b',
      expect: { text: '链接http://a.com/b' },
    },
    {
      title: 'replaces what a pattern of the user matches',
      parameters: { pattern: '(\\w+)://\\S+', repl: '<\\1>' },
      text: 'ftp://a/b and http://c',
      expect: { text: '<ftp> and <http>' },
    },
  ],
  create({ pattern, repl }) {
    if (typeof pattern === 'string') {
      const substitute = substitution(pattern, repl)
      return (text) => substitute(text.value)
    }
    const template = parseTemplate(repl, DEFAULT_GROUPS)
    return ({ value }) => replaceLinks(value, (link) => expand(template, linkGroups(value, link)))
  },
})
