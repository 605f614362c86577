import { z } from 'zod'
import { defineSampleMapper, type OperatorContext } from '../../../../topologies/operator.ts'
import { commonParameters } from '../../../../topologies/parameters.ts'
import {
  confuseCharacters,
  deleteCharacters,
  insertCharacters,
  swapCharacters,
} from '../../augmentation/character-noise.ts'
import { KEYBOARD, PRINT } from '../../augmentation/confusions.ts'
import { documentsOf } from '../../augmentation/copies.ts'
import { type Draws, drawsOf } from '../../augmentation/draws.ts'
import { loadMisspellings } from '../../augmentation/misspellings.ts'
import { type Noise, originalOf, withNoise } from '../../augmentation/noise.ts'
import { augmentationParameters } from '../../augmentation/parameters.ts'
import { deleteWords, misspellWords, splitWords, swapWords } from '../../augmentation/word-noise.ts'

const NAME = 'nlpaug_en_mapper'

const method = (what: string) => z.boolean().default(false).describe(what)

const parameters = commonParameters.extend({
  ...augmentationParameters,
  delete_random_word: method('takes words away'),
  swap_random_word: method('lets neighbouring words change places'),
  spelling_error_word: method('misspells words that are on the list of the asset store'),
  split_random_word: method('cuts words of four characters and more in two'),
  keyboard_error_char: method('replaces characters by neighbours on the keyboard'),
  ocr_error_char: method('replaces characters by such as look alike in print'),
  delete_random_char: method('takes characters of words away'),
  swap_random_char: method('lets neighbouring characters of words change places'),
  insert_random_char: method('puts random characters into words'),
})

type MethodKey = Extract<keyof z.infer<typeof parameters>, `${string}_${'word' | 'char'}`>

/** Noise by the parameter that switches it on, in the order in which it is laid on. */
const METHODS: [key: MethodKey, make: (context: OperatorContext) => Noise][] = [
  ['delete_random_word', () => deleteWords],
  ['swap_random_word', () => swapWords],
  ['spelling_error_word', (context) => misspellWords(loadMisspellings(context))],
  ['split_random_word', () => splitWords],
  ['keyboard_error_char', () => confuseCharacters(KEYBOARD, { shortest: 4, fewest: 1 })],
  ['ocr_error_char', () => confuseCharacters(PRINT, { shortest: 1, fewest: 2 })],
  ['delete_random_char', () => deleteCharacters],
  ['swap_random_char', () => swapCharacters],
  ['insert_random_char', () => insertCharacters],
]

export default defineSampleMapper({
  name: NAME,
  summary: 'Makes noisy copies of an English text: words or characters deleted, swapped, split, misspelt or mistyped.',
  parameters,
  quirks: [
    'Each method changes three tenths of the words, one at least and ten at most; the methods for characters then change three tenths of the characters of each, one (look-alikes: two) at least and ten at most.',
    'Blanks and line ends of a copy are not those of the text: its words and marks are joined by single blanks, without one before marks that end a part of a sentence. Methods for words that find none to change leave all but the outer blanks as they are.',
    'Copies may be equal to each other, and to the text where nothing can be changed.',
    'A text without any character has no copies; one of blanks only has empty ones.',
    'Words that follow a deleted first word come back when they were deleted too.',
    'spelling_error_word needs nlpaug/spelling_en.txt in the asset store: res/word/spelling/spelling_en.txt of the Python package nlpaug.',
    'Data-Juicer draws anew in every run. Here the draws follow from seed and text: the same text gets the same copies wherever and whenever it is processed.',
  ],
  examples: [
    {
      title: 'keeps the text and adds a copy',
      parameters: { swap_random_word: true },
      text: 'Good night',
      fields: { source: 'x' },
      expect: {
        documents: [
          { text: 'Good night', source: 'x' },
          { text: 'Night good', source: 'x' },
        ],
      },
    },
    {
      title: 'gives copies only',
      parameters: { delete_random_char: true, keep_original_sample: false, aug_num: 2 },
      text: 'a b, c !',
      expect: { documents: [{ text: 'a b, c!' }, { text: 'a b, c!' }] },
    },
    { title: 'changes nothing without a method', text: 'Good  night', expect: { text: 'Good  night' } },
    {
      title: 'drops texts without a method that are not kept',
      parameters: { keep_original_sample: false },
      text: 'Good night',
      expect: { drop: 'nothing_left' },
    },
    {
      title: 'has no copies of an empty text',
      parameters: { insert_random_char: true },
      text: '',
      expect: { text: '' },
    },
  ],
  create({ seed, sequential, aug_num: copies, keep_original_sample: kept, ...switches }, context) {
    const methods = METHODS.filter(([key]) => switches[key]).map(([, make]) => make(context))
    const augment = sequential ? inSequence(methods) : oneByOne(methods)
    return (subject) => {
      const text = subject.text().value
      const made = methods.length === 0 || text === '' ? [] : augment(text, copies, drawsOf(seed, NAME, text))
      return documentsOf(text, made, kept)
    }
  },
})

type Augmenting = (text: string, copies: number, draws: Draws) => string[]

/** Copies of each method. */
function oneByOne(methods: readonly Noise[]): Augmenting {
  return (text, copies, draws) => {
    const original = originalOf(text)
    return methods.flatMap((noise) => Array.from({ length: copies }, () => withNoise(noise, original, draws)))
  }
}

/** Copies on which all methods are laid, one after another. */
function inSequence(methods: readonly Noise[]): Augmenting {
  return (text, copies, draws) => {
    const first = originalOf(text)
    return Array.from({ length: copies }, () =>
      methods.reduce((made, noise, i) => withNoise(noise, i === 0 ? first : originalOf(made), draws), first.text),
    )
  }
}
