import { defineTextMapper } from '../../../../topologies/operator.ts'
import { commonParameters } from '../../../../topologies/parameters.ts'
import { textOf } from '../../html/text-of.ts'

const ANY_LIST_TAG = /<\/?(?:li|ol)>/
const ITEM_TAGS = /<\/?li>/g
const LIST_TAGS = /<\/?ol>/g
const LONE_SURROGATES = /\p{Surrogate}/gu

export default defineTextMapper({
  name: 'clean_html_mapper',
  summary: 'Keeps the text of an HTML document, without its tags.',
  parameters: commonParameters,
  quirks: [
    'What scripts and styles hold and the title are text as well; templates and comments are not.',
    'Only <li> and <ol> in small letters and without attributes become a line end and a star; closing tags bring no line end.',
    'A text without tags is HTML too: blanks at its start go, references such as &lt; become characters, CR LF becomes LF.',
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
      const html = ANY_LIST_TAG.test(value) ? value.replace(ITEM_TAGS, bullet).replace(LIST_TAGS, bullet) : value
      return textOf(html.isWellFormed() ? html : html.replace(LONE_SURROGATES, ''))
    },
})

/** A line end and a star for an opening tag, nothing for a closing one. */
function bullet(tag: string): string {
  return tag[1] === '/' ? '' : '\n*'
}
