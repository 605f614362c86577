import { z } from 'zod'
import type { Stats } from '../../../../schemas/document.ts'
import { defineBatchFilter, type Subject } from '../../../../topologies/operator.ts'
import { filterParameters } from '../../../../topologies/parameters.ts'
import { askingOf, askUntilUsable, dialogue, eachOf } from '../../llm/asking.ts'
import { conditionQuestion, grounding, groundingParameters, strategyParameters } from '../../llm/instructions.ts'
import { hostedParameters, modelName } from '../../llm/parameters.ts'
import { str } from '../../python/spelling.ts'
import { lower, strip } from '../../text/python-strings.ts'

const SYSTEM = 'You decide whether a text meets a condition. Answer with the one word yes or the one word no.'
const STAT = 'llm_condition_filter_result'

export default defineBatchFilter({
  name: 'llm_condition_filter',
  summary: 'Keeps documents of which a model, asked at an endpoint, says that they meet a condition in words.',
  traits: { resource: 'remote' },
  parameters: filterParameters.extend({
    condition: z.string().default('').describe('the condition; without one every document with a text is kept'),
    api_or_hf_model: modelName('gpt-4o'),
    ...groundingParameters,
    ...strategyParameters,
    ...hostedParameters,
  }),
  reasons: ['condition_not_met'],
  quirks: [
    'An answer that does not begin with yes means no, one of no use included.',
    'The stat llm_semantic_usage is not written.',
    'Where the endpoint fails, the document fails and is tried again; Data-Juicer takes that for a no.',
  ],
  examples: [
    {
      title: 'keeps what meets the condition',
      parameters: { condition: 'It is about mountains.' },
      text: 'The Alps are old.',
      answers: ['Yes.'],
      expect: { keep: true },
    },
    {
      title: 'drops what does not',
      parameters: { condition: 'It is about mountains.' },
      text: 'The sea is deep.',
      answers: ['no'],
      expect: { drop: 'condition_not_met' },
    },
    {
      title: 'drops an empty text unasked',
      parameters: { condition: 'It is short.' },
      text: ' ',
      expect: { drop: 'condition_not_met' },
    },
  ],
  create(parameters, context) {
    const asking = askingOf({ asker: 'llm_condition_filter', model: parameters.api_or_hf_model }, parameters, context)
    const questionOf = conditionQuestion(parameters.condition, parameters)
    const measure = async (subject: Subject): Promise<Stats> => {
      const value = subject.exact(subject.textKey) ?? null
      const text = value === null ? '' : strip(str(value))
      if (text === '') return { [STAT]: false }
      if (parameters.condition === '') return { [STAT]: true }
      const said = await askUntilUsable(asking, dialogue(SYSTEM, questionOf(text, grounding(subject, parameters))), {
        read: (answer) => lower(strip(answer)),
        // As in Data-Juicer, whatever is said will do, unless a usable answer is required.
        isUsable: (answer) => !asking.required || /^(?:yes|no)/.test(answer) || /^[yn]$/.test(answer),
      })
      return { [STAT]: said !== null && (said.startsWith('yes') || said === 'y') }
    }
    return {
      stats: [STAT],
      ready: () => asking.model.ready(),
      close: async () => undefined,
      measure: (subjects) => eachOf(subjects, measure),
      judge: (stats) => (stats[STAT] ? null : 'condition_not_met'),
    }
  },
})
