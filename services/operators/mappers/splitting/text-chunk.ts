import { z } from 'zod'
import { classify } from '../../../../topologies/failure.ts'
import { defineSampleMapper } from '../../../../topologies/operator.ts'
import { commonParameters } from '../../../../topologies/parameters.ts'
import { chunkBetween, chunkByLength, chunkByPattern, splitter } from '../../text/chunks.ts'

const parameters = commonParameters
  .extend({
    max_len: z
      .int()
      .positive()
      .nullable()
      .default(null)
      .describe('largest number of characters in a chunk; null for no limit'),
    split_pattern: z
      .string()
      .nullable()
      .default('\\n\\n')
      .describe("regular expression of Python's module re where chunks are divided; null to divide by length only"),
    overlap_len: z
      .int()
      .nonnegative()
      .default(0)
      .describe('characters that a chunk shares with the one before it, where it was cut by length'),
    tokenizer: z
      .null({ error: 'a tokenizer is not available in this version: lengths are counted in characters' })
      .default(null)
      .describe('must be null: lengths are counted in characters'),
    trust_remote_code: z.boolean().default(false).describe('no effect: only a tokenizer may bring code'),
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
    { title: 'drops a text without a chunk', text: ' \n\n ', expect: { drop: 'nothing_left' } },
  ],
  create({ max_len: length, split_pattern: pattern, overlap_len: overlap }) {
    const chunksOf = chunker(pattern, length, overlap)
    return (subject) => {
      const text = subject.text().value
      return chunksOf(text).map((chunk) => (chunk === text ? {} : { text: chunk }))
    }
  },
})

function chunker(pattern: string | null, length: number | null, overlap: number): (text: string) => string[] {
  const split = pattern === null ? null : splitter(pattern, length === null)
  if (length === null) return (text) => (split ? chunkBetween(text, split) : [text])
  const limit = { length, overlap }
  return (text) => (split ? chunkByPattern(text, split, limit) : chunkByLength(text, limit))
}
