import { z } from 'zod'
import { defineDeduplicator } from '../../../topologies/operator.ts'
import { commonParameters } from '../../../topologies/parameters.ts'
import { isTruthy } from '../python/values.ts'
import { bareHash } from '../text/bare-text.ts'

/** Stands for the hash of a sample without a text. */
const EMPTY = Buffer.from('EMPTY')
const HASH_BYTES = 16

export default defineDeduplicator({
  name: 'ray_document_deduplicator',
  summary: 'Drops documents whose text is that of an earlier one; samples without a text count as having the same.',
  parameters: commonParameters.extend({
    backend: z.enum(['ray_actor', 'redis']).default('ray_actor').describe('no effect: neither Ray nor Redis is needed'),
    redis_address: z.string().default('redis://localhost:6379').describe('no effect: no Redis is needed'),
    dedup_set_num: z.union([z.number(), z.string()]).default('auto').describe('no effect: scale by replicas'),
    lowercase: z.boolean().default(false).describe('whether texts are compared in lower case'),
    ignore_non_character: z
      .boolean()
      .default(false)
      .describe('whether blanks, digits and punctuation of ASCII do not count'),
  }),
  quirks: [
    'A text of blanks alone and an empty or missing text are two: the first of each stays.',
    "The first document in the data set's order stays; on Ray it is the first to arrive.",
  ],
  examples: [
    {
      title: 'drops the second of two',
      before: [{ text: 'a mill' }],
      text: ' a mill\n',
      expect: { drop: 'duplicate' },
    },
    { title: 'keeps blanks beside nothing', before: [{ text: '' }], text: ' ', expect: { keep: true } },
  ],
  create({ lowercase, ignore_non_character: ignoring }) {
    const hashOf = bareHash({ lowercase, without: ignoring ? 'regex' : null })
    const empty = Buffer.concat([EMPTY], HASH_BYTES)
    return {
      probe(subject) {
        const key = isTruthy(subject.field(subject.textKey)) ? hashOf(subject.text().value) : empty
        return { keys: [key], signature: key }
      },
      similarity: () => 1,
    }
  },
})
