import { z } from 'zod'
import type { Stats } from '../../../../schemas/document.ts'
import { Failure } from '../../../../topologies/failure.ts'
import { defineFilter } from '../../../../topologies/operator.ts'
import { commonParameters } from '../../../../topologies/parameters.ts'
import { sensitiveWords, wordParameters } from '../../sensitive/word-list.ts'

const KEPT = ['clean', 'sensitive', 'all'] as const

export default defineFilter({
  name: 'sensitive_words_filter',
  summary: 'Keeps documents in which no word of a list is found, whatever language they are in.',
  origin: 'LLM-Sensitive Keywords Filter of PAI-Designer',
  parameters: commonParameters.extend({
    ...wordParameters,
    keep: z
      .enum(KEPT)
      .default('clean')
      .describe(
        'documents that are kept: clean ones, sensitive ones, or all of them, with what was found in their stats',
      ),
    stats_export_path: z.string().nullish().describe('no effect: stats travel with the documents'),
  }),
  reasons: ['sensitive', 'not_sensitive'],
  quirks: [
    'The longest word at a place counts, and the search goes on behind it: of words that overlap the first is found.',
    'The stat sensitive_words is a text, one word a line; sensitive_words_mapper writes a list into the sample.',
    'A document that brings both stats along is judged by them and not searched again, so that a second one of these in a recipe sees what the first found.',
    'No list comes with this operator: put one into the asset store.',
  ],
  examples: [
    { title: 'keeps a clean text', parameters: { words: ['赌博'] }, text: '天气很好', expect: { keep: true } },
    {
      title: 'finds a Chinese word within English text',
      parameters: { words: ['赌博'] },
      text: 'best online赌博site',
      expect: { drop: 'sensitive' },
    },
    {
      title: 'leaves longer words alone',
      parameters: { words: ['sex'] },
      text: 'Sussex, sextant',
      expect: { keep: true },
    },
    {
      title: 'sees through letters of other forms and what is invisible',
      parameters: { words: ['casino'] },
      text: 'our ＣＡ\u200bＳＩＮＯ is open',
      expect: { drop: 'sensitive' },
    },
    {
      title: 'keeps what is sensitive when that is wanted',
      parameters: { words: ['casino'], keep: 'sensitive' },
      text: 'a church',
      expect: { drop: 'not_sensitive' },
    },
    {
      title: 'only measures',
      parameters: { words: ['casino'], keep: 'all' },
      text: 'a casino',
      expect: { keep: true },
    },
    { title: 'keeps an empty text', parameters: { words: ['casino'] }, text: '', expect: { keep: true } },
  ],
  create({ keep, ...parameters }, context) {
    const find = sensitiveWords(parameters, context)
    return {
      stats: ['is_sensitive', 'sensitive_words'],
      measure({ value }) {
        const words = find(value)
        return { is_sensitive: words.length > 0, sensitive_words: words.join('\n') }
      },
      judge(stats) {
        const reason = isSensitive(stats) ? 'sensitive' : 'not_sensitive'
        if (keep === 'all') return null
        return (reason === 'sensitive') === (keep === 'sensitive') ? null : reason
      },
    }
  },
})

function isSensitive({ is_sensitive: stat }: Stats): boolean {
  if (typeof stat === 'boolean') return stat
  throw new Failure('operator_failed', `The stat is_sensitive that the document brought is not true or false.`)
}
