import { z } from 'zod'
import { defineTextMapper } from '../../../../topologies/operator.ts'
import { commonParameters } from '../../../../topologies/parameters.ts'
import type { Text } from '../../../../topologies/text.ts'
import { pieceAssets, wordParameters } from '../../models/piece-words.ts'
import { type PieceModel, pieceModelOf, pieceStrings } from '../../models/pieces.ts'
import { keepWords, stripSpecial, type Word } from '../../text/kept-words.ts'

const DEFAULT_SUBSTRINGS = ['http', 'www', '.com', 'href', '//']

export default defineTextMapper({
  name: 'remove_words_with_incorrect_substrings_mapper',
  summary: 'Removes words that contain one of the given substrings.',
  parameters: commonParameters.extend({
    ...wordParameters,
    substrings: z
      .array(z.string())
      .nullish()
      .describe(`what a word must not contain; ${DEFAULT_SUBSTRINGS.join(' ')} when not given`),
  }),
  quirks: [
    'Special characters at the ends of a word are not looked at: a word of nothing else, such as //, stays.',
    'Case counts: HTTP:x stays.',
    'With tokenization, where a piece is removed the blanks between all others go too.',
    'Runs of blanks, tabs and line feeds shrink to one of them, and those at the ends of the text go, even when no word does.',
  ],
  examples: [
    {
      title: 'removes words that look like links',
      text: 'see http://a.b and www.c.de, or d.com.',
      expect: { text: 'see and or' },
    },
    {
      title: 'keeps substrings at the end that are special characters',
      text: 'a// // b.',
      expect: { text: 'a// // b.' },
    },
    { title: 'minds case', text: 'HTTP:x Www.y', expect: { text: 'HTTP:x Www.y' } },
    {
      title: 'takes substrings of the user',
      parameters: { substrings: ['foo'] },
      text: 'foot  www\tafoo\nb',
      expect: { text: 'www\nb' },
    },
    {
      title: 'removes every word that has an empty substring',
      parameters: { substrings: [''] },
      text: 'a b',
      expect: { text: '' },
    },
  ],
  assets: (parameters) => pieceAssets(parameters),
  create({ substrings, tokenization, lang }, context) {
    const unwanted = substrings ?? DEFAULT_SUBSTRINGS
    if (tokenization) return pieceRemover(unwanted, pieceModelOf(lang, context))
    return ({ value }) => {
      const finders = unwanted.map((substring) => finder(value, substring))
      const isUnwanted = (word: Word) => finders.some((contains) => contains(word))
      return keepWords(value, (word) => !isUnwanted(word))
    }
  },
})

const MARK = '\u2581'

/** Without the pieces that contain one of them, and then without the blanks; the text itself when there is no such piece. */
function pieceRemover(unwanted: string[], { tokenizer, view }: PieceModel): (text: Text) => string {
  return (text) => {
    const pieces = pieceStrings(text.view(view), tokenizer).map((piece) => piece.replaceAll(MARK, ''))
    const kept = pieces.filter((piece) => {
      const { start, end } = stripSpecial(piece, { start: 0, end: piece.length, pairs: 0 })
      return !unwanted.some((substring) => piece.slice(start, end).includes(substring))
    })
    return kept.length === pieces.length ? text.value : kept.join('')
  }
}

/**
 * Tells of words, asked from left to right, whether they contain the substring within their special characters. It runs
 * ahead to the next occurrence in the text, so that most words cost one comparison.
 */
function finder(text: string, substring: string): (word: Word) => boolean {
  let next = text.indexOf(substring)
  const forward = (place: number) => {
    while (next >= 0 && (next < place || splitsPair(text, next, next + substring.length)))
      next = text.indexOf(substring, Math.max(next + 1, place))
  }
  return (word) => {
    if (next < 0 || next >= word.end) return false
    if (substring === '') return true
    const { start, end } = stripSpecial(text, word)
    forward(start)
    return next >= 0 && next + substring.length <= end
  }
}

/** Half of a surrogate pair is no character of a text. */
function splitsPair(text: string, start: number, end: number): boolean {
  return isInsidePair(text, start) || isInsidePair(text, end)
}

function isInsidePair(text: string, index: number): boolean {
  return (text.charCodeAt(index) & 0xfc00) === 0xdc00 && (text.charCodeAt(index - 1) & 0xfc00) === 0xd800
}
