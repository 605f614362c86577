import { z } from 'zod'
import { defineTextMapper } from '../../../../topologies/operator.ts'
import { commonParameters } from '../../../../topologies/parameters.ts'

/** A sectioning command up to the bracket or brace that opens its first argument. */
const HEADING = /\\(?:chapter|part|(?:sub){0,2}section|(?:sub)?paragraph)\*?[[{]/g

export default defineTextMapper({
  name: 'remove_header_mapper',
  summary: 'Removes what stands before the first heading of a LaTeX document.',
  parameters: commonParameters.extend({
    drop_no_head: z.boolean().default(true).describe('empty a text without a heading; false: leave it as it is'),
  }),
  quirks: [
    'A text without a heading becomes empty, but stays a document.',
    'Any closing brace later in the text makes a command with an open brace a heading.',
  ],
  examples: [
    {
      title: 'keeps the document from its first heading on',
      text: '\\title{T}\n\\section{One} a \\section{Two}',
      expect: { text: '\\section{One} a \\section{Two}' },
    },
    {
      title: 'knows short titles and stars',
      text: 'x \\subsection*[short]{long} y',
      expect: { text: '\\subsection*[short]{long} y' },
    },
    { title: 'empties a text without heading', text: '\\sectional{x} text', expect: { text: '' } },
    {
      title: 'leaves such a text when asked to',
      parameters: { drop_no_head: false },
      text: 'text',
      expect: { text: 'text' },
    },
  ],
  create:
    ({ drop_no_head }) =>
    ({ value }) => {
      const start = firstHeading(value)
      if (start < 0) return drop_no_head ? '' : value
      return value.slice(start)
    },
})

/** Where the first heading begins; -1 when there is none. */
function firstHeading(text: string): number {
  const lastBrace = text.lastIndexOf('}')
  const lastTitle = lastBrace < 2 ? -1 : text.lastIndexOf(']{', lastBrace - 2)
  HEADING.lastIndex = 0
  for (let found = HEADING.exec(text); found; found = HEADING.exec(text)) {
    const opening = HEADING.lastIndex - 1
    const closed = text[opening] === '{' ? lastBrace > opening : lastTitle > opening
    if (closed) return found.index
  }
  return -1
}
