import { z } from 'zod'
import { defineBatchMapper } from '../../../../topologies/operator.ts'
import { askingMapper, askingOf, askUntilUsable, dialogue } from '../../llm/asking.ts'
import { hasTags, required, tagged, tagOf } from '../../llm/fields.ts'
import { prompt } from '../../llm/parameters.ts'
import { template } from '../../llm/templates.ts'
import { EXTRACTION_QUIRKS, extractingParameters } from '../../llm/texts.ts'
import { strip } from '../../text/python-strings.ts'

const SYSTEM = `You are given a text and a summary of some part of it. Find the passage of the text that the summary is of, and give it word for word: as much of the text as the summary covers, and nothing else. Where several passages could be meant, give the one that is closest to the summary.

### 原文：
The harbour was built in 1820. Its pier broke in the storm of 1890, and the town, which was poor by then, waited ten years for a new one. Today ferries leave from there.

### 总结：
It took long to mend the pier.

### 原文摘录：
Its pier broke in the storm of 1890, and the town, which was poor by then, waited ten years for a new one.`

const INPUT = '### 原文：\n{text}\n\n### 总结：\n{summary}\n\n### 原文摘录：\n'

export default defineBatchMapper({
  name: 'extract_support_text_mapper',
  summary: 'Tags a text with the passage that a summary is of, as a model finds it, asked at an endpoint.',
  traits: { resource: 'remote' },
  parameters: extractingParameters.extend({
    summary_key: z.string().default('event_description').describe('tag with the summary'),
    support_text_key: z.string().default('support_text').describe('tag for the passage'),
    system_prompt: prompt('instruction to the model; one of ours when not given'),
    input_template: prompt('question to the model, with {text} and {summary}'),
  }),
  tags: true,
  quirks: [
    ...EXTRACTION_QUIRKS,
    'A sample without a summary is left as it is.',
    'Where the model says nothing, the summary itself is the passage. Whether what it says stands in the text is not looked at.',
  ],
  examples: [
    {
      title: 'tags a text with a passage',
      text: 'Anna wrote to Ben on Monday. Ben came.',
      fields: { __dj__meta__: { event_description: 'a letter' } },
      answers: ['Anna wrote to Ben on Monday.'],
      expect: {
        documents: [{ __dj__meta__: { event_description: 'a letter', support_text: 'Anna wrote to Ben on Monday.' } }],
      },
    },
    {
      title: 'leaves a text without a summary',
      text: 'Anna wrote to Ben.',
      expect: { documents: [{ text: 'Anna wrote to Ben.' }] },
    },
  ],
  create(parameters, context) {
    const { support_text_key: passageKey, summary_key: summaryKey } = parameters
    const asking = askingOf({ asker: 'extract_support_text_mapper', model: parameters.api_model }, parameters, context)
    const questionOf = template(parameters.input_template || INPUT, { named: ['text', 'summary'] })
    return askingMapper(asking, async (subject) => {
      const summary = tagOf(subject, summaryKey)
      if (hasTags(subject, [passageKey]) || typeof summary !== 'string') return [{}]
      const text = required(subject, subject.textKey)
      const messages = dialogue(parameters.system_prompt || SYSTEM, questionOf({ named: { text, summary } }))
      const said = await askUntilUsable(asking, messages, { read: strip, isUsable: (passage) => passage !== '' })
      return [tagged(subject, { [passageKey]: said || summary }, parameters.drop_text)]
    })
  },
})
