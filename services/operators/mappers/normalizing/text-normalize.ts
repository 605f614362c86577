import { z } from 'zod'
import { defineTextMapper } from '../../../../topologies/operator.ts'
import { commonParameters } from '../../../../topologies/parameters.ts'
import { converterFor } from '../../chinese/conversion.ts'
import { traitsFor } from '../../unicode/character-traits.ts'
import { fixText } from '../../unicode/fix-text.ts'

/** What the conversion takes at a time: it ends at a NUL and refuses halves of surrogate pairs. */
const CONVERTIBLE = /[^\0\p{Surrogate}]+/gu

export default defineTextMapper({
  name: 'text_normalize_mapper',
  summary: 'Repairs and normalizes Unicode to NFKC, and converts traditional Chinese characters to simplified ones.',
  origin: 'LLM-Text Normalizer of PAI-Designer',
  parameters: commonParameters.extend({
    fix_unicode: z
      .boolean()
      .default(true)
      .describe('whether the text is repaired as by fix_unicode_mapper with normalization: NFKC'),
    to_simplified: z
      .boolean()
      .default(true)
      .describe('whether the text is converted as by chinese_convert_mapper with mode: t2s'),
  }),
  quirks: [
    'NFKC makes fullwidth forms and superscripts plain, so that 10³ becomes 103.',
    'Japanese and other texts with traditional characters are converted as well.',
    'A NUL does not end the text, and halves of surrogate pairs are no failure.',
  ],
  examples: [
    { title: 'does both', text: '「ＡＢＣ」âœ” 漢語，乾杯', expect: { text: '「ABC」✔ 汉语,干杯' } },
    {
      title: 'only repairs Unicode',
      parameters: { to_simplified: false },
      text: 'sÃ³ 漢語 10³',
      expect: { text: 'só 漢語 103' },
    },
    {
      title: 'only converts',
      parameters: { fix_unicode: false },
      text: 'ＡＢＣ 漢\u0000語',
      expect: { text: 'ＡＢＣ 汉\u0000语' },
    },
    { title: 'leaves other texts alone', text: 'Hello', expect: { text: 'Hello' } },
  ],
  create({ fix_unicode, to_simplified }) {
    // tables are made now, not while the first document waits
    if (fix_unicode) traitsFor('NFKC')
    const convert = to_simplified ? converterFor('t2s') : null
    return ({ value }) => {
      const fixed = fix_unicode ? fixText(value, 'NFKC') : value
      if (!convert) return fixed
      return fixed.isWellFormed() && !fixed.includes('\0') ? convert(fixed) : fixed.replace(CONVERTIBLE, convert)
    }
  },
})
