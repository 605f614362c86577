import { hash } from 'node:crypto'
import { z } from 'zod'
import { defineDeduplicator } from '../../../topologies/operator.ts'
import { commonParameters } from '../../../topologies/parameters.ts'
import { bareHash } from '../text/bare-text.ts'

/** The member in which a run of Data-Juicer leaves its hash, which is trusted. */
const HASH = '__dj__hash'

export default defineDeduplicator({
  name: 'document_deduplicator',
  summary: 'Drops documents whose text is that of an earlier one.',
  parameters: commonParameters.extend({
    lowercase: z.boolean().default(false).describe('whether texts are compared in lower case'),
    ignore_non_character: z
      .boolean()
      .default(false)
      .describe('whether blanks, digits and punctuation of ASCII do not count'),
  }),
  quirks: [
    'Blanks at the ends of a text do not count.',
    'A hash that a sample brings along under __dj__hash is taken as it is.',
  ],
  examples: [
    {
      title: 'drops the second of two',
      before: [{ text: 'a mill' }],
      text: ' a mill\n',
      expect: { drop: 'duplicate' },
    },
    { title: 'keeps what differs', before: [{ text: 'a mill' }], text: 'A mill', expect: { keep: true } },
    {
      title: 'looks at letters only',
      parameters: { lowercase: true, ignore_non_character: true },
      before: [{ text: 'abc' }],
      text: 'A b1,c',
      expect: { drop: 'duplicate' },
    },
  ],
  create({ lowercase, ignore_non_character: ignoring }) {
    const hashOf = bareHash({ lowercase, without: ignoring ? 'regex' : null })
    return {
      probe(subject) {
        const { value } = subject.text()
        const known = subject.field(HASH)
        const key = typeof known === 'string' ? keyOf(known) : hashOf(value)
        return { keys: [key], signature: key }
      },
      similarity: () => 1,
    }
  },
})

/** A hash of Data-Juicer's is of 32 hexadecimal digits; whatever else stands there is hashed itself. */
function keyOf(known: string): Buffer {
  return /^[0-9a-f]{32}$/.test(known) ? Buffer.from(known, 'hex') : hash('sha1', known, 'buffer')
}
