import { z } from 'zod'
import { defineTextMapper } from '../../../../topologies/operator.ts'
import { commonParameters } from '../../../../topologies/parameters.ts'
import { keepWords, stripSpecial, type Word } from '../../text/kept-words.ts'
import { characterCount } from '../../text/python-strings.ts'

export default defineTextMapper({
  name: 'remove_long_words_mapper',
  summary: 'Removes words whose number of characters is outside of a range.',
  parameters: commonParameters.extend({
    min_len: z.number().default(1).describe('smallest number of characters of a word that stays'),
    max_len: z
      .number()
      .default(Number.POSITIVE_INFINITY)
      .describe(
        'largest number of characters of a word that stays, counted again without special characters at its ends',
      ),
  }),
  quirks: [
    'A word that is short enough only without the special characters at its ends stays as it is, with them.',
    'Runs of blanks, tabs and line feeds shrink to one of them, and those at the ends of the text go, even when no word does.',
    'Words are parted by blank, tab and line feed only, so that a Chinese sentence is one word.',
  ],
  examples: [
    {
      title: 'removes long words',
      parameters: { max_len: 8 },
      text: 'a word, an extraordinary one',
      expect: { text: 'a word, an one' },
    },
    {
      title: 'removes short words',
      parameters: { min_len: 3 },
      text: 'it is what it was\nor so\nsaid',
      expect: { text: 'what was\nsaid' },
    },
    {
      title: 'counts a long word again without its punctuation',
      parameters: { max_len: 4 },
      text: '"word", word!word',
      expect: { text: '"word",' },
    },
    { title: 'joins what stays by one separator', text: ' a  b\t c\n\n\nd \n', expect: { text: 'a b\tc\nd' } },
    {
      title: 'counts characters, not their parts',
      parameters: { max_len: 2 },
      text: '😀😀 😀a😀',
      expect: { text: '😀😀 😀a😀' },
    },
  ],
  create({ min_len, max_len }) {
    const isInRange = (length: number) => min_len <= length && length <= max_len
    return ({ value }) => {
      const keep = (word: Word) => {
        const length = word.end - word.start - word.pairs
        if (length <= max_len) return min_len <= length
        const { start, end } = stripSpecial(value, word)
        return isInRange(characterCount(value, start, end))
      }
      return keepWords(value, keep)
    }
  },
})
