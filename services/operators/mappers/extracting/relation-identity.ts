import { z } from 'zod'
import { defineBatchMapper } from '../../../../topologies/operator.ts'
import { askingOf, dialogue } from '../../llm/asking.ts'
import { hasTags, tagged } from '../../llm/fields.ts'
import { prompt } from '../../llm/parameters.ts'
import { answerPattern } from '../../llm/patterns.ts'
import { template } from '../../llm/templates.ts'
import { EXTRACTION_QUIRKS, extracting, extractingParameters } from '../../llm/texts.ts'
import { strip } from '../../text/python-strings.ts'

const SYSTEM = `You are given a text about {entity1} and {entity2}. Say what {entity2} is to {entity1}.
- Say it in one word or a few, with an adjective where that tells more, and without punctuation, in the language of the text.
- Where the text does not say it, draw your conclusions.
- Where both are one and the same, the relation is: 另一个身份
Answer in this form, with the words as they stand here, and nothing else:
分析推理：your reasons
所以{entity2}是{entity1}的：the relation
Mind the direction: what {entity2} is to {entity1}, not the other way round.`

const INPUT = '关于{entity1}和{entity2}的文本信息：\n```\n{text}\n```\n'
const PATTERN = '\\s*分析推理：\\s*(.*?)\\s* \\s*所以{entity2}是{entity1}的：\\s*(.*?)\\Z'
/** A line with a conclusion in other words. */
const CONCLUSION = '(?:所以|因此|故|可见).{0,48}?[：:]\\s*(.+?)(?:\\s*$)'

export default defineBatchMapper({
  name: 'relation_identity_mapper',
  summary: 'Tags a text with what one entity is to another, as a model concludes from it, asked at an endpoint.',
  traits: { resource: 'remote' },
  parameters: extractingParameters.extend({
    source_entity: z.string().nullish().describe('the entity to which the other stands in the relation'),
    target_entity: z.string().nullish().describe('the entity that is something to the first'),
    output_key: z.string().default('role_relation').describe('tag for the relation'),
    system_prompt_template: prompt(
      'instruction to the model, with {entity1} and {entity2}; one of ours when not given',
    ),
    input_template: prompt('question to the model, with {entity1}, {entity2} and {text}'),
    output_pattern_template: prompt(
      "regular expression of Python's module re, in verbose form, with {entity1}, {entity2} and two groups: reasons, relation",
    ),
  }),
  tags: true,
  quirks: [
    ...EXTRACTION_QUIRKS,
    'Without one of the entities the relation is empty.',
    'Where the model does not keep to the form, the last line is taken that draws a conclusion (所以, 因此, 故 or 可见, then a colon).',
  ],
  examples: [
    {
      title: 'tags a text with a relation',
      parameters: { source_entity: 'Anna', target_entity: 'Ben' },
      text: 'Anna, her brother Ben and the dog came.',
      answers: ['分析推理：the text says so\n所以Ben是Anna的：brother'],
      expect: { documents: [{ __dj__meta__: { role_relation: 'brother' } }] },
    },
    {
      title: 'is empty without entities',
      text: 'Anna and Ben came.',
      expect: { documents: [{ __dj__meta__: { role_relation: '' } }] },
    },
  ],
  create(parameters, context) {
    const { source_entity: entity1, target_entity: entity2, output_key: key } = parameters
    const asking = askingOf({ asker: 'relation_identity_mapper', model: parameters.api_model }, parameters, context)
    if (entity1 === undefined || entity1 === null || entity2 === undefined || entity2 === null) {
      return {
        ready: async () => undefined,
        close: async () => undefined,
        map: async (subjects) =>
          subjects.map((subject) => (hasTags(subject, [key]) ? [{}] : [tagged(subject, { [key]: '' }, false)])),
      }
    }
    const both = { named: ['entity1', 'entity2'] }
    const values = { entity1, entity2 }
    const system = template(parameters.system_prompt_template || SYSTEM, both)({ named: values })
    const source = template(parameters.output_pattern_template || PATTERN, both)({ named: values })
    const pattern = answerPattern(source, { dotAll: true, verbose: true, groups: 2 })
    const conclusion = answerPattern(CONCLUSION, {})
    const questionOf = template(parameters.input_template || INPUT, { named: [...both.named, 'text'] })
    return extracting({
      asking,
      tags: [key],
      dropText: parameters.drop_text,
      messages: (text) => dialogue(system, questionOf({ named: { ...values, text } })),
      read: (answer) => strip(pattern.findAll(answer).at(-1)?.[1] ?? '') || concluded(answer, conclusion.search),
      isUsable: (relation) => relation !== '',
      tagsOf: (relation) => ({ [key]: relation ?? '' }),
    })
  },
})

/** The line ends of Python's `splitlines`. */
const LINE_END = /\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/
const EDGES = /^[。.'"]+|[。.'"]+$/g

/** What the last line says that draws a conclusion. */
function concluded(answer: string, search: (line: string) => (string | undefined)[] | null): string {
  for (const line of strip(answer).split(LINE_END).reverse()) {
    const found = search(strip(line))?.[0]
    const relation = found === undefined ? '' : strip(found).replace(EDGES, '')
    if (relation !== '') return relation
  }
  return ''
}
