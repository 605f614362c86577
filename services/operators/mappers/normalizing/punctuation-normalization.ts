import { defineTextMapper } from '../../../../topologies/operator.ts'
import { commonParameters } from '../../../../topologies/parameters.ts'

/** Data-Juicer's table, its fullwidth digit one included. */
const REPLACEMENTS = new Map([
  ['，', ','],
  ['。', '.'],
  ['、', ','],
  ['„', '"'],
  ['”', '"'],
  ['“', '"'],
  ['«', '"'],
  ['»', '"'],
  ['１', '"'],
  ['」', '"'],
  ['「', '"'],
  ['《', '"'],
  ['》', '"'],
  ['´', "'"],
  ['∶', ':'],
  ['：', ':'],
  ['？', '?'],
  ['！', '!'],
  ['（', '('],
  ['）', ')'],
  ['；', ';'],
  ['–', '-'],
  ['—', ' - '],
  ['．', '. '],
  ['～', '~'],
  ['’', "'"],
  ['…', '...'],
  ['━', '-'],
  ['〈', '<'],
  ['〉', '>'],
  ['【', '['],
  ['】', ']'],
  ['％', '%'],
  ['►', '-'],
])
const PUNCTUATION = new RegExp(`[${[...REPLACEMENTS.keys()].join('')}]`, 'g')

export default defineTextMapper({
  name: 'punctuation_normalization_mapper',
  summary: 'Turns Unicode punctuation into its ASCII counterpart.',
  parameters: commonParameters,
  quirks: [
    'The fullwidth digit １ becomes a quotation mark.',
    'The left single quotation mark ‘ stays, the right one ’ becomes an apostrophe.',
    'A long dash gets blanks around it and a fullwidth full stop one behind it.',
  ],
  examples: [
    { title: 'normalizes Chinese punctuation', text: '你好，世界！（好的）。', expect: { text: '你好,世界!(好的).' } },
    { title: 'normalizes typographic punctuation', text: '“It’s—well…”', expect: { text: '"It\'s - well..."' } },
    { title: 'leaves ASCII alone', text: '"Done," he said.', expect: { text: '"Done," he said.' } },
  ],
  create: () => (text) => text.value.replace(PUNCTUATION, (mark) => REPLACEMENTS.get(mark) ?? mark),
})
