import { defineTextMapper } from '../../../../topologies/operator.ts'
import { commonParameters } from '../../../../topologies/parameters.ts'
import { textOf } from '../../html/text-of.ts'

const BULLET = '\n*'
const ITEM = [0x6c, 0x69] as const
const LIST = [0x6f, 0x6c] as const
const SLASH = 0x2f
const GREATER = 0x3e
const ITEM_TAGS = /<\/?li>/g
const LIST_TAGS = /<\/?ol>/g
/** What makes a tag of a list with what stands behind the closing tag of an item, once that is gone. */
const ENDS_WITHIN_TAG = /<\/?o?l?$/
const LONE_SURROGATES = /\p{Surrogate}/gu

export default defineTextMapper({
  name: 'clean_html_mapper',
  summary: 'Keeps the text of an HTML document, without its tags.',
  parameters: commonParameters,
  quirks: [
    'What scripts and styles hold and the title are text as well; templates and comments are not.',
    'Only <li> and <ol> in small letters and without attributes become a line end and a star; closing tags bring no line end.',
    'A text without tags is HTML too: blanks at its start go, references such as &lt; become characters, CR LF becomes LF.',
    'A document that nests unclosed formatting thousands of times fails; Data-Juicer takes time by the square of its length.',
    'The element selectedcontent stays as it is; the parser of Data-Juicer puts a copy of the chosen option into it.',
  ],
  examples: [
    { title: 'keeps what is between tags', text: '<p>Hello, <b>world</b>!</p>', expect: { text: 'Hello, world!' } },
    {
      title: 'marks the items of lists',
      text: 'List:<ol><li>one</li><li>two</li></ol>',
      expect: { text: 'List:\n*\n*one\n*two' },
    },
    {
      title: 'resolves character references',
      text: 'a &lt; b &amp;&amp; c &copy 2024',
      expect: { text: 'a < b && c © 2024' },
    },
    {
      title: 'keeps scripts and the title, drops comments and templates',
      text: '<title>T</title><!-- c --><script>s()</script><template>t</template>x',
      expect: { text: 'Ts()x' },
    },
    {
      title: 'puts text that is misplaced in a table before it',
      text: '<table>b<tr><td>c</td></tr></table>',
      expect: { text: 'bc' },
    },
    { title: 'takes a comparison for a tag', text: 'if a<b then c>d', expect: { text: 'if ad' } },
  ],
  create:
    () =>
    ({ value }) => {
      const html = withBullets(value)
      return textOf(html.isWellFormed() ? html : html.replace(LONE_SURROGATES, ''))
    },
})

/** A line end and a star for each opening tag of a list or an item, nothing for a closing one: for items first, then for lists. */
function withBullets(html: string): string {
  let made = ''
  let from = 0
  for (let at = html.indexOf('<'); at >= 0; at = html.indexOf('<', at + 1)) {
    const name = html.charCodeAt(at + 1) === SLASH ? at + 2 : at + 1
    const isItem = isTag(html, name, ITEM)
    if (!isItem && !isTag(html, name, LIST)) continue
    const closes = name === at + 2
    if (isItem && closes && ENDS_WITHIN_TAG.test(html.slice(Math.max(0, at - 4), at)))
      return html.replace(ITEM_TAGS, bullet).replace(LIST_TAGS, bullet)
    made += html.slice(from, at) + (closes ? '' : BULLET)
    from = name + 3
  }
  return from === 0 ? html : made + html.slice(from)
}

function isTag(html: string, at: number, letters: readonly [number, number]): boolean {
  if (html.charCodeAt(at) !== letters[0] || html.charCodeAt(at + 1) !== letters[1]) return false
  return html.charCodeAt(at + 2) === GREATER
}

function bullet(tag: string): string {
  return tag[1] === '/' ? '' : BULLET
}
