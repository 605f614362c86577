import { z } from 'zod'
import { defineTextMapper } from '../../../../topologies/operator.ts'
import { commonParameters } from '../../../../topologies/parameters.ts'

const BACKSLASH = 0x5c
const LINE_FEED = 0x0a

export default defineTextMapper({
  name: 'remove_comments_mapper',
  summary: 'Removes the comments of a LaTeX document.',
  parameters: commonParameters.extend({
    doc_type: z
      .union([z.string(), z.array(z.string())])
      .default('tex')
      .describe('no effect: LaTeX is the only kind of document'),
    inline: z.boolean().default(true).describe('remove comments behind other characters'),
    multiline: z.boolean().default(true).describe('remove lines that are comments, with their line end'),
  }),
  quirks: [
    'A comment behind other characters takes the character before the percent sign with it; of a whole line of comment this is the line end before it.',
    'A percent sign at the end of a line stays, unless it begins the line.',
  ],
  examples: [
    { title: 'removes a comment and the character before it', text: 'x = 1 % one\ny', expect: { text: 'x = 1\ny' } },
    { title: 'takes the line end before a line of comment', text: 'a\n% b\nc', expect: { text: 'a\nc' } },
    { title: 'keeps an escaped percent sign', text: '50\\% of it', expect: { text: '50\\% of it' } },
    { title: 'keeps a percent sign at the end of a line', text: 'a%\nb', expect: { text: 'a%\nb' } },
    {
      title: 'removes lines only',
      parameters: { inline: false },
      text: '% a\nb % c\n%\nd',
      expect: { text: 'b % c\nd' },
    },
    { title: 'keeps lines', parameters: { multiline: false }, text: '%\na % b', expect: { text: '%\na' } },
  ],
  create:
    ({ inline, multiline }) =>
    ({ value }) => {
      const rest = inline ? withoutEndsOfLines(value) : value
      return multiline ? withoutLines(rest) : rest
    },
})

/** Without what is behind a percent sign that something follows, and the character before it, which is no backslash. */
function withoutEndsOfLines(text: string): string {
  let made = ''
  let from = 0
  for (let at = text.indexOf('%', 1); at >= 0; at = text.indexOf('%', at + 1)) {
    const empty = at + 1 === text.length || text.charCodeAt(at + 1) === LINE_FEED
    if (empty || text.charCodeAt(at - 1) === BACKSLASH) continue
    made += text.slice(from, startOfCharacter(text, at - 1))
    from = endOfLine(text, at)
    at = from
  }
  return from === 0 ? text : made + text.slice(from)
}

function startOfCharacter(text: string, last: number): number {
  return last > 0 && (text.codePointAt(last - 1) ?? 0) > 0xffff ? last - 1 : last
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from)
  return end < 0 ? text.length : end
}

function withoutLines(text: string): string {
  let made = ''
  let from = 0
  for (let at = text.indexOf('%'); at >= 0; at = text.indexOf('%', at)) {
    const end = Math.min(endOfLine(text, at) + 1, text.length)
    if (at === 0 || text.charCodeAt(at - 1) === LINE_FEED) {
      made += text.slice(from, at)
      from = end
    }
    at = end
  }
  return from === 0 ? text : made + text.slice(from)
}
