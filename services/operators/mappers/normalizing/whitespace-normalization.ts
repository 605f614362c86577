import { defineTextMapper } from '../../../../topologies/operator.ts'
import { commonParameters } from '../../../../topologies/parameters.ts'
import { strip } from '../../text/python-strings.ts'

/** Blanks (and what Data-Juicer takes for them) that become a space; the table of its `VARIOUS_WHITESPACES`. */
const BLANKS = /[\t\x84\xa0\u2000-\u200d\u202f\u205f\u2060\u3000\ufffc]/g

export default defineTextMapper({
  name: 'whitespace_normalization_mapper',
  summary: 'Strips a text and turns every kind of blank within it into a space.',
  parameters: commonParameters,
  quirks: [
    'Runs of blanks are not collapsed, and line ends of every kind stay.',
    'A zero width joiner becomes a space, which takes joined emoji apart.',
    'U+200B at an end of the text is not stripped; it becomes a space.',
  ],
  examples: [
    { title: 'strips', text: ' \n in the middle \t', expect: { text: 'in the middle' } },
    { title: 'normalizes blanks', text: 'a\tb c　d', expect: { text: 'a b c d' } },
    { title: 'keeps line ends', text: 'a\nb\r\nc', expect: { text: 'a\nb\r\nc' } },
  ],
  create: () => (text) => strip(text.value).replace(BLANKS, ' '),
})
