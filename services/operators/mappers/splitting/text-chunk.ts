import { z } from 'zod'
import { classify } from '../../../../topologies/failure.ts'
import { defineSampleMapper, type OperatorContext } from '../../../../topologies/operator.ts'
import { commonParameters } from '../../../../topologies/parameters.ts'
import { chunkByPatternAndTokens, chunkByTokens, type Spelling } from '../../models/token-chunks.ts'
import { speller, tokenModelOf } from '../../models/tokens.ts'
import { chunkBetween, chunkByLength, chunkByPattern, type Limit, splitter } from '../../text/chunks.ts'

const parameters = commonParameters
  .extend({
    max_len: z
      .int()
      .positive()
      .nullable()
      .default(null)
      .describe('largest number of characters, or tokens, in a chunk; null for no limit'),
    split_pattern: z
      .string()
      .nullable()
      .default('\\n\\n')
      .describe("regular expression of Python's module re where chunks are divided; null to divide by length only"),
    overlap_len: z
      .int()
      .nonnegative()
      .default(0)
      .describe('characters, or tokens, that a chunk shares with the one before it, where it was cut by length'),
    tokenizer: z
      .string()
      .min(1)
      .nullable()
      .default(null)
      .describe('folder of a tokenizer among the assets, with its tokenizer.json: lengths are then counted in tokens'),
    trust_remote_code: z.boolean().default(false).describe('no effect: tokenizers are data here'),
  })
  .superRefine(({ max_len: length, split_pattern: pattern, overlap_len: overlap }, context) => {
    const issue = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message })
    if (length === null && pattern === null) issue('max_len', 'cannot be null where split_pattern is null too')
    if (length !== null && overlap >= length) issue('overlap_len', `must be less than max_len, ${length}`)
    try {
      if (pattern !== null) splitter(pattern, length === null)
    } catch (thrown) {
      issue('split_pattern', classify(thrown).message.replace(/\.$/, ''))
    }
  })

export default defineSampleMapper({
  name: 'text_chunk_mapper',
  summary: 'Splits a text into chunks, at a pattern, by length, or both; each becomes a document.',
  parameters,
  quirks: [
    'With a pattern alone, chunks of blanks only are left out, and a text of which none is left goes.',
    'What groups in the pattern match comes out as a chunk of its own where the pattern stands alone.',
    'By length alone, the last chunk may lie wholly within the one before it when they overlap.',
    'With both, what is left at the end is a chunk even when it is empty. Data-Juicer fails on texts of some 900 chunks and more; here they are split.',
  ],
  examples: [
    {
      title: 'splits at empty lines',
      text: 'one\n\ntwo\n\n \n\nthree',
      expect: { documents: [{ text: 'one' }, { text: 'two' }, { text: 'three' }] },
    },
    {
      title: 'splits by length, with an overlap',
      parameters: { max_len: 4, overlap_len: 1, split_pattern: null },
      text: 'abcdefgh',
      expect: { documents: [{ text: 'abcd' }, { text: 'defg' }, { text: 'gh' }] },
    },
    {
      title: 'splits at the last place of the pattern within the length',
      parameters: { max_len: 9, split_pattern: ' ' },
      text: 'one two three',
      expect: { documents: [{ text: 'one two' }, { text: 'three' }] },
    },
    {
      title: 'keeps the other fields in every chunk',
      text: 'a\n\nb',
      fields: { source: 'x' },
      expect: {
        documents: [
          { text: 'a', source: 'x' },
          { text: 'b', source: 'x' },
        ],
      },
    },
    {
      title: 'counts in tokens where a tokenizer is named',
      parameters: { max_len: 3, split_pattern: null, tokenizer: 'EleutherAI/pythia-6.9b-deduped' },
      text: '1 2 3',
      expect: { documents: [{ text: '1 2' }, { text: ' 3' }] },
    },
    { title: 'drops a text without a chunk', text: ' \n\n ', expect: { drop: 'nothing_left' } },
  ],
  assets: ({ tokenizer }) => (tokenizer === null ? [] : [`${tokenizer}/tokenizer.json`]),
  create({ max_len: length, split_pattern: pattern, overlap_len: overlap, tokenizer }, context) {
    const spelling = tokenizer === null ? null : spellingOf(tokenizer, context)
    const chunksOf = chunker(pattern, length === null ? null : { length, overlap }, spelling)
    return (subject) => {
      const text = subject.text().value
      return chunksOf(text).map((chunk) => (chunk === text ? {} : { text: chunk }))
    }
  },
})

function spellingOf(name: string, context: OperatorContext): Spelling {
  return { tokenizer: tokenModelOf(name, context).tokenizer, spell: speller(name, context) }
}

function chunker(pattern: string | null, limit: Limit | null, spelling: Spelling | null): (text: string) => string[] {
  const split = pattern === null ? null : splitter(pattern, limit === null)
  if (limit === null) return (text) => (split ? chunkBetween(text, split) : [text])
  if (spelling && split) return (text) => chunkByPatternAndTokens(text, split, { limit, spelling })
  if (spelling) return (text) => chunkByTokens(text, limit, spelling)
  return (text) => (split ? chunkByPattern(text, split, limit) : chunkByLength(text, limit))
}
