import { z } from 'zod'
import { defineBatchMapper } from '../../../../topologies/operator.ts'
import { askingMapper, askingOf, askUntilUsable, dialogue } from '../../llm/asking.ts'
import { hasTags, partsBetweenPunctuation, required, tagged } from '../../llm/fields.ts'
import { prompt } from '../../llm/parameters.ts'
import { answerPattern } from '../../llm/patterns.ts'
import { template } from '../../llm/templates.ts'
import { EXTRACTION_QUIRKS, extractingParameters, TEXT_TEMPLATE } from '../../llm/texts.ts'
import { strip } from '../../text/python-strings.ts'

const SYSTEM = `Tell what happens in a text, event by event, and who takes part in each.
- Leave out nothing that matters, and add nothing that the text does not tell; judge nothing.
- Tell causes and effects where the text does, and keep its names and terms.
- Name for each event the main characters who are in it, and only those.
Write in the language of the text. Answer in this form, with headings as they stand here, and nothing else:
### 情节1：
- **情节描述**： what happens
- **相关人物**：first character, second character
### 情节2：
- **情节描述**： …
- **相关人物**：…
`
const PATTERN = `
  \\#\\#\\#\\s*情节(\\d+)：\\s*
  -\\s*\\*\\*情节描述\\*\\*\\s*：\\s*(.*?)\\s*
  -\\s*\\*\\*相关人物\\*\\*\\s*：\\s*(.*?)(?=\\#\\#\\#|\\Z)
`

export default defineBatchMapper({
  name: 'extract_event_mapper',
  summary: 'Makes a document of each event that a model, asked at an endpoint, finds in a text, tagged with it.',
  traits: { resource: 'remote' },
  parameters: extractingParameters.extend({
    event_desc_key: z.string().default('event_description').describe('tag for what happens'),
    relevant_char_key: z.string().default('relevant_characters').describe('tag for who takes part'),
    system_prompt: prompt('instruction to the model; one of ours when not given'),
    input_template: prompt('question to the model, with {text}'),
    output_pattern: prompt(
      "regular expression of Python's module re, in verbose form, with three groups: number, event, characters",
    ),
  }),
  tags: true,
  quirks: [
    ...EXTRACTION_QUIRKS,
    'A document in which no event is found stays as it is; Data-Juicer drops it where another one of its batch has events.',
    'Characters are parted at every mark of punctuation.',
  ],
  examples: [
    {
      title: 'makes a document of each event',
      text: 'Anna wrote to Ben. Ben came.',
      answers: [
        '### 情节1：\n- **情节描述**： Anna writes.\n- **相关人物**：Anna, Ben\n### 情节2：\n- **情节描述**： Ben comes.\n- **相关人物**：Ben',
      ],
      expect: {
        documents: [
          {
            text: 'Anna wrote to Ben. Ben came.',
            __dj__meta__: { event_description: 'Anna writes.', relevant_characters: ['Anna', 'Ben'] },
          },
          {
            text: 'Anna wrote to Ben. Ben came.',
            __dj__meta__: { event_description: 'Ben comes.', relevant_characters: ['Ben'] },
          },
        ],
      },
    },
  ],
  create(parameters, context) {
    const { event_desc_key: eventKey, relevant_char_key: charactersKey } = parameters
    const asking = askingOf({ asker: 'extract_event_mapper', model: parameters.api_model }, parameters, context)
    const questionOf = template(parameters.input_template || TEXT_TEMPLATE, { named: ['text'] })
    const pattern = answerPattern(parameters.output_pattern || PATTERN, { dotAll: true, verbose: true, groups: 3 })
    return askingMapper(asking, async (subject) => {
      if (hasTags(subject, [eventKey, charactersKey])) return [{}]
      const text = required(subject, subject.textKey)
      const messages = dialogue(parameters.system_prompt || SYSTEM, questionOf({ named: { text } }))
      const events = await askUntilUsable(asking, messages, {
        read: (answer) => pattern.findAll(answer),
        isUsable: (found) => found.length > 0,
      })
      if (!events?.length) return [parameters.drop_text ? tagged(subject, {}, true) : {}]
      return events.map(([, event = '', characters = '']) =>
        tagged(
          subject,
          { [eventKey]: event, [charactersKey]: partsBetweenPunctuation(characters, strip) },
          parameters.drop_text,
        ),
      )
    })
  },
})
