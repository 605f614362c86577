import { z } from 'zod'
import type { Exact } from '../../../../schemas/json/exact.ts'
import { defineBatchMapper } from '../../../../topologies/operator.ts'
import { askingMapper, askingOf, askUntilUsable, dialogue } from '../../llm/asking.ts'
import { hasTags, required, tagged } from '../../llm/fields.ts'
import { prompt } from '../../llm/parameters.ts'
import { answerPattern } from '../../llm/patterns.ts'
import { template } from '../../llm/templates.ts'
import { EXTRACTION_QUIRKS, extractingParameters, TEXT_TEMPLATE } from '../../llm/texts.ts'
import { strip } from '../../text/python-strings.ts'

const SYSTEM = `Say in short what a text tells of the {attribute} of {entity}, and quote the passages that show it best, short ones, word for word. Write in the language of the text.
Answer in this form, with headings as they stand here, and nothing else:
# {entity}
## {attribute}：
what the text tells
### 代表性示例摘录1：
\`\`\`
a passage
\`\`\`
### 代表性示例摘录2：
\`\`\`
another passage
\`\`\`
`
const ATTRIBUTE = '\\#\\#\\s*{attribute}：\\s*(.*?)(?=\\#\\#\\#|\\Z)'
const PASSAGE = '\\#\\#\\#\\s*代表性示例摘录(\\d+)：\\s*```\\s*(.*?)```\\s*(?=\\#\\#\\#|\\Z)'

export default defineBatchMapper({
  name: 'extract_entity_attribute_mapper',
  summary: 'Tags a text with what a model, asked at an endpoint, reads in it of attributes of entities, and where.',
  traits: { resource: 'remote' },
  parameters: extractingParameters.extend({
    query_entities: z.array(z.string()).default([]).describe('the entities'),
    query_attributes: z.array(z.string()).default([]).describe('attributes that are asked of each of them'),
    entity_key: z.string().default('main_entities').describe('tag for the entities, one for each answer'),
    attribute_key: z.string().default('attributes').describe('tag for the attributes, one for each answer'),
    attribute_desc_key: z.string().default('attribute_descriptions').describe('tag for what the text tells'),
    support_text_key: z
      .string()
      .default('attribute_support_texts')
      .describe('tag for the passages, a list for each answer'),
    system_prompt_template: prompt(
      'instruction to the model, with {entity} and {attribute}; one of ours when not given',
    ),
    input_template: prompt('question to the model, with {text}'),
    attr_pattern_template: prompt(
      "regular expression of Python's module re, in verbose form, with {attribute}, that finds what the text tells",
    ),
    demo_pattern: prompt('the same with two groups, number and passage, for the passages'),
    require_support_demos: z.boolean().default(true).describe('whether an answer without a passage is of no use'),
  }),
  tags: true,
  quirks: [
    ...EXTRACTION_QUIRKS,
    'An attribute of which the model says nothing of use has an empty description and no passages.',
    'A blank in the name of an attribute does not count where its heading is looked for.',
  ],
  examples: [
    {
      title: 'tags a text with an attribute',
      parameters: { query_entities: ['Anna'], query_attributes: ['trade'] },
      text: 'Anna bakes bread.',
      answers: ['# Anna\n## trade：\nShe is a baker.\n### 代表性示例摘录1：\n```\nAnna bakes bread.\n```\n'],
      expect: {
        documents: [
          {
            __dj__meta__: {
              main_entities: ['Anna'],
              attributes: ['trade'],
              attribute_descriptions: ['She is a baker.'],
              attribute_support_texts: [['Anna bakes bread.']],
            },
          },
        ],
      },
    },
  ],
  create(parameters, context) {
    const asking = askingOf(
      { asker: 'extract_entity_attribute_mapper', model: parameters.api_model },
      parameters,
      context,
    )
    const instruction = template(parameters.system_prompt_template || SYSTEM, { named: ['entity', 'attribute'] })
    const questionOf = template(parameters.input_template || TEXT_TEMPLATE, { named: ['text'] })
    const headingOf = template(parameters.attr_pattern_template || ATTRIBUTE, { named: ['attribute'] })
    const passages = answerPattern(parameters.demo_pattern || PASSAGE, { dotAll: true, verbose: true, groups: 2 })
    const wanted = parameters.query_entities.flatMap((entity) =>
      parameters.query_attributes.map((attribute) => {
        const heading = answerPattern(headingOf({ named: { attribute } }), { dotAll: true, verbose: true })
        const read = (answer: string): Told => ({
          description: strip(heading.findAll(answer)[0]?.[0] ?? ''),
          passages: passages
            .findAll(answer)
            .flatMap(([, passage = '']) => (strip(passage) === '' ? [] : [strip(passage)])),
        })
        return { entity, attribute, read, system: instruction({ named: { entity, attribute } }) }
      }),
    )
    const isUsable = ({ description, passages: quoted }: Told) =>
      description !== '' && (quoted.length > 0 || !parameters.require_support_demos)
    const { entity_key, attribute_key, attribute_desc_key, support_text_key } = parameters
    return askingMapper(asking, async (subject) => {
      if (hasTags(subject, [entity_key, attribute_key, attribute_desc_key, support_text_key])) return [{}]
      const text = required(subject, subject.textKey)
      const told: Told[] = []
      for (const { read, system } of wanted) {
        const said = await askUntilUsable(asking, dialogue(system, questionOf({ named: { text } })), { read, isUsable })
        told.push(said && isUsable(said) ? said : { description: '', passages: [] })
      }
      const tags: { [name: string]: Exact } = {
        [entity_key]: wanted.map(({ entity }) => entity),
        [attribute_key]: wanted.map(({ attribute }) => attribute),
        [attribute_desc_key]: told.map(({ description }) => description),
        [support_text_key]: told.map(({ passages: quoted }) => quoted),
      }
      return [tagged(subject, tags, parameters.drop_text)]
    })
  },
})

interface Told {
  description: string
  passages: string[]
}
