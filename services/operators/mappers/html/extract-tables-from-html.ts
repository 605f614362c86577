import { z } from 'zod'
import type { Exact } from '../../../../schemas/json/exact.ts'
import { Failure } from '../../../../topologies/failure.ts'
import { defineSampleMapper, type Subject, TAGS } from '../../../../topologies/operator.ts'
import { commonParameters } from '../../../../topologies/parameters.ts'
import { pointCount } from '../../python/code-points.ts'
import { isDict } from '../../python/values.ts'
import { markupOf } from '../../soup/markup.ts'
import { elementsOf, limitCharacters, tablesOf } from '../../soup/tables.ts'
import { type SoupTree, soupOf } from '../../soup/tree.ts'

/** Only a text with one of these can hold a table, or be one on which Data-Juicer's parser gives up. */
const WORTH_PARSING = /<table|<!\[|&#\d{4300}/i

const LONGEST_FILE_NAME = 256

const parameters = commonParameters.extend({
  tables_field_name: z.string().default('html_tables').describe('tag for the list of tables'),
  retain_html_tags: z
    .boolean()
    .default(false)
    .describe('whether a table is kept as HTML, or as a list of rows of texts of cells'),
  include_header: z
    .boolean()
    .default(true)
    .describe('whether rows with a head cell are kept, where tables are not kept as HTML'),
})

type Parameters = z.infer<typeof parameters>

export default defineSampleMapper({
  name: 'extract_tables_from_html_mapper',
  summary: 'Tags an HTML text with the tables in it.',
  parameters,
  tags: true,
  quirks: [
    'A table within another one comes twice: alone, and with its rows among those of the outer one.',
    'HTML is read as by Python’s html.parser, not as by a browser: end tags that are left out stay open, and behind the second thing that looks like a character reference and is none, all is text.',
    'A sample that has the tag already stays as it is.',
    'A text fails whose tables, those within others counted again, have 16 times its characters and 256 Ki more; Data-Juicer goes on until memory ends.',
    'A text of at most 256 characters without markup or line feeds fails when it holds half a surrogate pair.',
  ],
  examples: [
    {
      title: 'gives rows of texts',
      text: '<table><tr><th>Name<th> Age </tr><tr><td>Mo <b> Lee</b></td><td>7</td></tr></table>',
      expect: {
        documents: [
          {
            text: '<table><tr><th>Name<th> Age </tr><tr><td>Mo <b> Lee</b></td><td>7</td></tr></table>',
            __dj__meta__: { html_tables: [[['NameAge'], ['MoLee', '7']]] },
          },
        ],
      },
    },
    {
      title: 'leaves heads out',
      parameters: { include_header: false, tables_field_name: 'tables' },
      text: '<table><tr><th>A</th></tr><tr><td>1</td><td></td></tr><tr></tr></table><table></table>',
      expect: { documents: [{ __dj__meta__: { tables: [[['1', '']]] } }] },
    },
    {
      title: 'keeps HTML, written anew',
      parameters: { retain_html_tags: true },
      text: 'x <TABLE b=2 a=1><tr><td>&lt;<br>&eacute;</table> y',
      expect: {
        documents: [{ __dj__meta__: { html_tables: ['<table a="1" b="2"><tr><td>&lt;<br/>é</td></tr></table>'] } }],
      },
    },
    {
      title: 'says so where there is none',
      text: 'no table',
      expect: { documents: [{ __dj__meta__: { html_tables: [] } }] },
    },
    { title: 'fails on a marked section of an unknown kind', text: '<![x]>', expect: { fail: true } },
  ],
  create(given) {
    return (subject) => {
      if (isThere(subject, given.tables_field_name)) return [{}]
      const html = subject.text().value
      if (isTakenForFileName(html) && !html.isWellFormed())
        throw new Failure('operator_failed', 'The text is short and without markup, and holds half a surrogate pair.')
      const tables = WORTH_PARSING.test(html) ? extracted(html, given) : []
      return [{ tags: { [given.tables_field_name]: tables } }]
    }
  },
})

/** `name in tags` of Python, where tags may also be a list or a string. */
function isThere(subject: Subject, name: string): boolean {
  const tags = subject.field(TAGS)
  if (typeof tags === 'string') return tags.includes(name)
  if (Array.isArray(tags)) return tags.includes(name)
  return isDict(tags) && Object.hasOwn(tags, name)
}

/** Beautiful Soup warns of file names, for which it encodes the text; a text that looks like a URL it lets be. */
function isTakenForFileName(text: string): boolean {
  if (text.length > 2 * LONGEST_FILE_NAME || text.includes('<') || text.includes('\n')) return false
  return pointCount(text) <= LONGEST_FILE_NAME && (!/^https?:/.test(text) || text.includes(' '))
}

function extracted(html: string, { retain_html_tags, include_header }: Parameters): Exact[] {
  const tree = soupOf(html)
  if (retain_html_tags) return markupsOf(tree, html.length)
  const tables = tablesOf(tree, html.length).map(({ rows }) =>
    rows.filter(({ cells, isHead }) => cells.length > 0 && (include_header || !isHead)).map(({ cells }) => cells),
  )
  return tables.filter((rows) => rows.length > 0)
}

function markupsOf(tree: SoupTree, length: number): string[] {
  let characters = 0
  return elementsOf(tree, 'table').map((table) => {
    const markup = markupOf(tree, table)
    characters += markup.length
    limitCharacters(characters, length)
    return markup
  })
}
