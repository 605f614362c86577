import { z } from 'zod'
import { defineTextMapper } from '../../../../topologies/operator.ts'
import { commonParameters } from '../../../../topologies/parameters.ts'
import { type LineRules, removeLines } from '../../boilerplate/lines.ts'
import { removeAddresses } from '../../boilerplate/web-addresses.ts'
import { listedTextOf } from '../../html/listed-text.ts'

/** Control characters but tab, line ends and next line; a carriage return goes where a line feed follows. */
const NON_PRINTABLE = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]|\r(?=\n)/g

const remove = (what: string, byDefault = false) =>
  z.boolean().default(byDefault).describe(`whether ${what} are removed`)

export default defineTextMapper({
  name: 'special_content_mapper',
  summary: 'Removes web addresses, HTML tags, control characters, and lines about navigation, author and source.',
  origin: 'LLM-Clean Special Content of PAI-Designer',
  parameters: commonParameters.extend({
    remove_urls: remove('addresses with http, https or ftp, and those that begin with www.,', true),
    remove_html: remove('tags, with the text kept that is between them,'),
    remove_navigation: remove('lines that say where in its site a page is'),
    remove_author: remove('lines with a word such as Reporter, Source:, Editor: or Share to: and a sentence mark'),
    remove_source: remove('lines among the first five, of those that are left, with a date and a time or a source'),
    remove_non_printable: remove('control characters but tabs and line ends'),
    longest_line: z
      .int()
      .positive()
      .nullable()
      .default(200)
      .describe('length of the longest line that may be removed, in UTF-16 units; null for any'),
  }),
  quirks: [
    'The order is navigation, author, source, addresses, control characters, HTML, as in the component for MaxCompute.',
    'By default only addresses are removed, as in the component for DLC.',
    "Unlike PAI's pattern an address keeps its port, fragment and brackets, ends before Chinese characters and before the punctuation of the sentence, and needs its scheme or www.",
    'Tabs and line ends stay, and a long line is no boilerplate: PAI removes both.',
    'With remove_html a text becomes what clean_html_mapper makes of it, and fails where that does.',
  ],
  examples: [
    {
      title: 'removes addresses wherever they begin and end',
      text: '见http://a.com:80/b?c=d#e，(https://f.org/g_(h)). www.i.net/j',
      expect: { text: '见，(). ' },
    },
    { title: 'keeps HTML unless it is asked', text: '<b>x</b>', expect: { text: '<b>x</b>' } },
    {
      title: 'keeps the text of HTML, with marks for lists',
      parameters: { remove_html: true },
      text: 'x<ol><li>a</li></ol><p>http://b.org</p>',
      expect: { text: 'x\n*\n*a' },
    },
    {
      title: 'removes lines about navigation',
      parameters: { remove_navigation: true },
      text: '首页 > 新闻\n当前位置：新闻 > 国内\nHome » News\nthe news',
      expect: { text: 'the news' },
    },
    {
      title: 'removes lines about author and source',
      parameters: { remove_author: true, remove_source: true },
      text: '2023-12-25 10:30:45\n责任编辑：张三\nShare to: friends\nthe news of 2023-12-25',
      expect: { text: 'the news of 2023-12-25' },
    },
    {
      title: 'removes control characters but tabs',
      parameters: { remove_non_printable: true },
      text: 'a\u0000b\tc\r\nd\u0007',
      expect: { text: 'ab\tc\nd' },
    },
  ],
  create(given) {
    const rules: LineRules = {
      navigation: given.remove_navigation,
      author: given.remove_author,
      source: given.remove_source,
      longest: given.longest_line ?? Number.POSITIVE_INFINITY,
    }
    return ({ value }) => {
      let made = removeLines(value, rules)
      if (given.remove_urls) made = removeAddresses(made)
      if (given.remove_non_printable) made = made.replace(NON_PRINTABLE, '')
      return given.remove_html ? listedTextOf(made) : made
    }
  },
})
