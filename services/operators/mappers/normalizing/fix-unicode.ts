import { z } from 'zod'
import { defineTextMapper } from '../../../../topologies/operator.ts'
import { commonParameters } from '../../../../topologies/parameters.ts'
import { traitsFor } from '../../unicode/character-traits.ts'
import { fixText } from '../../unicode/fix-text.ts'
import type { NormalizationForm } from '../../unicode/unicode-14.ts'

const parameters = commonParameters.extend({
  normalization: z
    .string()
    .regex(/^([Nn][Ff][Kk]?[CcDd])?$/, 'must be NFC, NFD, NFKC or NFKD')
    .nullish()
    .describe('Unicode normalization form, NFC, NFD, NFKC or NFKD in any case; NFC when not given or empty'),
})

const FORMS: Record<string, NormalizationForm> = { NFC: 'NFC', NFD: 'NFD', NFKC: 'NFKC', NFKD: 'NFKD' }

/** Data-Juicer 1.6.1 with ftfy 6.3.1 on Python 3.11 (Unicode 14). */
export default defineTextMapper({
  name: 'fix_unicode_mapper',
  summary: 'Repairs mojibake, character references and stray characters, and normalizes Unicode.',
  parameters,
  quirks: [
    'The text is repaired line by line; from the first line with a `<` on, character references are left alone.',
    'Curly quotes become straight, and fullwidth and halfwidth forms their standard ones, the ideographic space included.',
    '`&#59;` stays, as every reference does that resolves to a semicolon.',
    'Behind mojibake, a line that ends in the byte C0 loses its line feed: it is read as the second byte of a null.',
    'Characters newer than Unicode 14 are neither normalized nor letters nor digits.',
  ],
  examples: [
    { title: 'UTF-8 that was read as windows-1252', text: 'âœ” ok', expect: { text: '✔ ok' } },
    { title: 'UTF-8 that was read as Latin-1', text: 'sÃ³', expect: { text: 'só' } },
    { title: 'a control character of Latin-1', text: 'c\x85d', expect: { text: 'c…d' } },
    { title: 'a reference to a reference', text: '&amp;lt;', expect: { text: '<' } },
    { title: 'HTML keeps its references', text: '<p>&amp;</p>\n&amp;', expect: { text: '<p>&amp;</p>\n&amp;' } },
    { title: 'curly quotes and ligatures', text: '“it’s ﬂubberiﬁc”', expect: { text: '"it\'s flubberific"' } },
    { title: 'NFC keeps a superscript', text: '10³', expect: { text: '10³' } },
    { title: 'NFKC does not', parameters: { normalization: 'nfkc' }, text: '10³', expect: { text: '103' } },
  ],
  create({ normalization }) {
    const form = FORMS[normalization?.toUpperCase() ?? ''] ?? 'NFC'
    // The table is made now, not while the first document waits.
    traitsFor(form)
    return (text) => fixText(text.value, form)
  },
})
