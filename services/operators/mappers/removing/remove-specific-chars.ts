import { z } from 'zod'
import { defineTextMapper } from '../../../../topologies/operator.ts'
import { commonParameters } from '../../../../topologies/parameters.ts'
import { quote } from '../../text/python-classes.ts'

const BULLETS = '◆●■►▼▲▴∆▻▷❖♡□'

export default defineTextMapper({
  name: 'remove_specific_chars_mapper',
  summary: 'Removes the characters of a list.',
  parameters: commonParameters.extend({
    chars_to_remove: z
      .union([z.string(), z.array(z.string())])
      .default(BULLETS)
      .refine(
        (value) => value.length === 0 || charactersOf(value).length > 0,
        'names no character; leave the list empty',
      )
      .describe('characters that are removed, as a text or a list of texts'),
  }),
  quirks: ['An entry of several characters stands for each of them, not for the sequence.'],
  examples: [
    { title: 'removes bullets', text: '● one\n■ two', expect: { text: ' one\n two' } },
    {
      title: 'removes what is listed',
      parameters: { chars_to_remove: ['-', '^', ']'] },
      text: '[a-z]^2',
      expect: { text: '[az2' },
    },
    {
      title: 'takes an entry as characters',
      parameters: { chars_to_remove: ['ab'] },
      text: 'cab b',
      expect: { text: 'c ' },
    },
    {
      title: 'removes nothing for an empty list',
      parameters: { chars_to_remove: [] },
      text: '●',
      expect: { text: '●' },
    },
  ],
  create({ chars_to_remove }) {
    const members = charactersOf(chars_to_remove)
    if (members.length === 0) return (text) => text.value
    const listed = new RegExp(`[${members.map(quote).join('')}]+`, 'gu')
    // One range is searched for more than twice as fast as a list, and most texts have nothing in it.
    const between = new RegExp(`[${quote(Math.min(...members))}-${quote(Math.max(...members))}]`, 'u')
    return ({ value }) => (between.test(value) ? value.replace(listed, '') : value)
  },
})

/** The listed characters as code points. */
function charactersOf(list: string | string[]): number[] {
  const entries = typeof list === 'string' ? [list] : list
  return entries.flatMap((entry) => Array.from(entry, (character) => character.codePointAt(0) ?? 0))
}
