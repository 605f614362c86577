import { z } from 'zod'
import { defineTextMapper } from '../../../../topologies/operator.ts'
import { commonParameters } from '../../../../topologies/parameters.ts'
import { splitSentences } from '../../sentences/boundaries.ts'
import { loadParameters } from '../../sentences/parameters.ts'

const LANGUAGES = { en: 'english', fr: 'french', pt: 'portuguese', es: 'spanish' } as const

export default defineTextMapper({
  name: 'sentence_split_mapper',
  summary: 'Puts each sentence on a line of its own, by the sentence tokenizer Punkt.',
  parameters: commonParameters.extend({
    lang: z
      .enum(['en', 'fr', 'pt', 'es'])
      .default('en')
      .describe('language of the texts; its Punkt parameters are read from the asset store'),
  }),
  quirks: [
    "The asset store must have NLTK's package punkt_tab in nltk_data/tokenizers.",
    'Line feeds within a sentence stay.',
    'Full stops of other scripts, such as 。, end nothing.',
    'Blanks at the end of the text go, those at its beginning stay.',
  ],
  examples: [
    { title: 'splits sentences', text: 'It is so. Is it?  Yes!', expect: { text: 'It is so.\nIs it?\nYes!' } },
    {
      title: 'knows abbreviations, initials and numbers',
      text: 'Dr. J. Doe paid 3.5 dollars. The rest followed.',
      expect: { text: 'Dr. J. Doe paid 3.5 dollars.\nThe rest followed.' },
    },
    {
      title: 'leaves closing quotes with their sentence',
      text: '"It is so." (He left.) So it was.',
      expect: { text: '"It is so."\n(He left.)\nSo it was.' },
    },
    { title: 'keeps line feeds within a sentence', text: 'one\ntwo. Three', expect: { text: 'one\ntwo.\nThree' } },
    { title: 'does not know other full stops', text: '你好。世界。', expect: { text: '你好。世界。' } },
  ],
  create({ lang }, context) {
    const parameters = loadParameters(LANGUAGES[lang], context)
    return ({ value }) => splitSentences(value, parameters)
  },
})
