import { z } from 'zod'
import { defineSampleMapper } from '../../../../topologies/operator.ts'
import { commonParameters } from '../../../../topologies/parameters.ts'
import { sensitiveWords, wordParameters } from '../../sensitive/word-list.ts'

export default defineSampleMapper({
  name: 'sensitive_words_mapper',
  summary: 'Writes into each sample whether words of a list are found in its text, and which.',
  origin: 'LLM-Sensitive Keywords Filter of PAI-Designer',
  parameters: commonParameters.extend({
    ...wordParameters,
    is_sensitive_key: z.string().min(1).default('is_sensitive').describe('field that becomes true or false'),
    sensitive_words_key: z
      .string()
      .min(1)
      .default('sensitive_words')
      .describe('field that becomes the list of the words found, in order of appearance, each once'),
  }),
  quirks: [
    'What the two fields held before is lost.',
    'specified_field_filter on is_sensitive drops later what is found here.',
  ],
  examples: [
    {
      title: 'names the words that are found',
      parameters: { words: ['赌博', 'Casino'] },
      text: 'CASINO，网上赌博，casino',
      expect: {
        documents: [{ text: 'CASINO，网上赌博，casino', is_sensitive: true, sensitive_words: ['Casino', '赌博'] }],
      },
    },
    {
      title: 'takes the longest word at a place',
      parameters: { words: ['赌博', '赌博网站'] },
      text: '赌博网站',
      expect: { documents: [{ is_sensitive: true, sensitive_words: ['赌博网站'] }] },
    },
    {
      title: 'says so of a clean text',
      parameters: { words: ['casino'] },
      text: 'a church',
      expect: { documents: [{ is_sensitive: false, sensitive_words: [] }] },
    },
  ],
  create({ is_sensitive_key, sensitive_words_key, ...parameters }, context) {
    const find = sensitiveWords(parameters, context)
    return (subject) => {
      const words = find(subject.text().value)
      return [{ fields: { [is_sensitive_key]: words.length > 0, [sensitive_words_key]: words } }]
    }
  },
})
