import { z } from 'zod'
import type { Exact } from '../../../../schemas/json/exact.ts'
import type { ChatMessage } from '../../../../topologies/effects.ts'
import { defineBatchMapper } from '../../../../topologies/operator.ts'
import { type Asking, askingMapper, askingOf, question, unusable } from '../../llm/asking.ts'
import { hasTags, partsBetweenPunctuation, required, tagged } from '../../llm/fields.ts'
import { entitiesIn, relationsIn } from '../../llm/knowledge.ts'
import { prompt } from '../../llm/parameters.ts'
import { answerPattern } from '../../llm/patterns.ts'
import { template } from '../../llm/templates.ts'
import { EXTRACTION_QUIRKS, extractingParameters } from '../../llm/texts.ts'
import { lower, strip } from '../../text/python-strings.ts'

const PROMPT = `Draw from a text the entities of the types that are asked for, and how they relate to each other. Write in the language of the text.

1. For each entity: its name, its type (one of {entity_types}), and what the text tells of it. Write it as
("entity"{tuple_delimiter}name{tuple_delimiter}type{tuple_delimiter}description)
2. For each two of these entities that clearly have to do with each other: the one, the other, how they relate, a few key words for that, and its strength as a number from 1 to 10. Write it as
("relationship"{tuple_delimiter}one{tuple_delimiter}other{tuple_delimiter}description{tuple_delimiter}key words{tuple_delimiter}strength)
3. Put {record_delimiter} between any two of them, and {completion_delimiter} at the end. Use no parentheses within them.

For the types person and place and the text "Mary took the ferry to Harwich", that is:
("entity"{tuple_delimiter}"Mary"{tuple_delimiter}"person"{tuple_delimiter}"Mary travels by ferry."){record_delimiter}
("entity"{tuple_delimiter}"Harwich"{tuple_delimiter}"place"{tuple_delimiter}"Harwich is a town that a ferry goes to."){record_delimiter}
("relationship"{tuple_delimiter}"Mary"{tuple_delimiter}"Harwich"{tuple_delimiter}"Mary travels to Harwich."{tuple_delimiter}"travel"{tuple_delimiter}7){completion_delimiter}

Types: {entity_types}
Text:
\`\`\`
{input_text}
\`\`\`
Answer:
`
const CONTINUE = 'There are more of them that were not named. Name those, in the same form.\n'
const MORE = 'Are there still some that were not named? Answer with the one word YES or the one word NO.\n'
const ENTITY = '\\("entity"(.*?)\\)'
const RELATION = '\\("relationship"(.*?)\\)'

export default defineBatchMapper({
  name: 'extract_entity_relation_mapper',
  summary: 'Tags a text with entities and relations between them that a model, asked at an endpoint, finds in it.',
  traits: { resource: 'remote' },
  parameters: extractingParameters.extend({
    entity_types: z
      .array(z.string())
      .nullish()
      .describe('types of entities; organization, person, geo and event when not given'),
    entity_key: z.string().default('entity').describe('tag for the entities'),
    relation_key: z.string().default('relation').describe('tag for the relations'),
    prompt_template: prompt(
      'question to the model, with {entity_types}, {input_text}, {tuple_delimiter}, {record_delimiter} and {completion_delimiter}',
    ),
    tuple_delimiter: prompt('mark between the parts of an entity or relation; <|> when not given'),
    record_delimiter: prompt('mark between entities and relations; ## when not given'),
    completion_delimiter: prompt('mark that ends the answer; <|COMPLETE|> when not given'),
    max_gleaning: z.int().min(0).default(1).describe('how often the model is asked for what it left out'),
    continue_prompt: prompt('asks for what was left out'),
    if_loop_prompt: prompt('asks whether anything was; yes lets the first be asked again'),
    entity_pattern: prompt("regular expression of Python's module re, in verbose form, that finds entities"),
    relation_pattern: prompt('the same for relations'),
  }),
  tags: true,
  quirks: [
    ...EXTRACTION_QUIRKS,
    'Without an entity both tags hold one entry whose members are empty.',
    'The description of an entity has the key entity_entity_description.',
    'An entity or relation ends at its first closing parenthesis.',
  ],
  examples: [
    {
      title: 'tags a text with entities and a relation',
      parameters: { max_gleaning: 0 },
      text: 'Mary took the ferry to Harwich.',
      answers: [
        '("entity"<|>"Mary"<|>"person"<|>"She travels.")##\n("entity"<|>"Harwich"<|>"geo"<|>"A town.")##\n("relationship"<|>"Mary"<|>"Harwich"<|>"She travels there."<|>"travel, sea"<|>7)<|COMPLETE|>',
      ],
      expect: {
        documents: [
          {
            __dj__meta__: {
              entity: [
                { entity_name: 'Mary', entity_type: 'person', entity_entity_description: 'She travels.' },
                { entity_name: 'Harwich', entity_type: 'geo', entity_entity_description: 'A town.' },
              ],
              relation: [
                {
                  relation_source_entity: 'Mary',
                  relation_target_entity: 'Harwich',
                  relation_description: 'She travels there.',
                  relation_keywords: ['travel', 'sea'],
                  relation_strength: 7,
                },
              ],
            },
          },
        ],
      },
    },
  ],
  create(parameters, context) {
    const asking = askingOf(
      { asker: 'extract_entity_relation_mapper', model: parameters.api_model },
      parameters,
      context,
    )
    const marks = {
      tuple_delimiter: parameters.tuple_delimiter || '<|>',
      record_delimiter: parameters.record_delimiter || '##',
      completion_delimiter: parameters.completion_delimiter || '<|COMPLETE|>',
    }
    const types = parameters.entity_types?.length ? parameters.entity_types : ['organization', 'person', 'geo', 'event']
    const named = ['entity_types', 'input_text', ...Object.keys(marks)]
    const questionOf = template(parameters.prompt_template || PROMPT, { named })
    const flags = { dotAll: true, verbose: true }
    const entities = answerPattern(parameters.entity_pattern || ENTITY, flags)
    const relations = answerPattern(parameters.relation_pattern || RELATION, flags)
    const keywords = (text: string) => partsBetweenPunctuation(text, strip)
    const { entity_key, relation_key } = parameters
    return askingMapper(asking, async (subject) => {
      if (hasTags(subject, [entity_key, relation_key])) return [{}]
      const text = required(subject, subject.textKey)
      const first = question(questionOf({ named: { ...marks, entity_types: types.join(', '), input_text: text } }))
      let found: { entities: Exact[]; relations: Exact[] } = { entities: [], relations: [] }
      for (let attempt = 0; attempt < asking.attempts && found.entities.length === 0; attempt++) {
        const said = await gleaned(asking, first, { ...parameters, attempt })
        found = {
          entities: entitiesIn(entities.findAll(said), marks.tuple_delimiter),
          relations: relationsIn(relations.findAll(said), marks.tuple_delimiter, keywords),
        }
      }
      if (found.entities.length === 0 && asking.required) throw unusable(asking)
      const none = found.entities.length === 0
      const tags = {
        [entity_key]: none ? [NO_ENTITY] : found.entities,
        [relation_key]: none || found.relations.length === 0 ? [NO_RELATION] : found.relations,
      }
      return [tagged(subject, tags, parameters.drop_text)]
    })
  },
})

const NO_ENTITY: Exact = { entity_name: '', entity_type: '', entity_entity_description: '' }
const NO_RELATION: Exact = {
  relation_source_entity: '',
  relation_target_entity: '',
  relation_description: '',
  relation_keywords: [],
  relation_strength: 0,
}

interface Gleaning {
  max_gleaning: number
  continue_prompt?: string | null | undefined
  if_loop_prompt?: string | null | undefined
  attempt: number
}

/** All that the model says when it is asked again for what it left out. */
async function gleaned(asking: Asking, first: ChatMessage[], gleaning: Gleaning): Promise<string> {
  const { max_gleaning: most, attempt } = gleaning
  let said = await asking.model.ask(first, attempt)
  let history = [...first, answered(said)]
  for (let round = 0; round < most; round++) {
    const again = [...history, ...question(gleaning.continue_prompt || CONTINUE)]
    const more = await asking.model.ask(again, attempt)
    history = [...again, answered(more)]
    said += more
    if (round === most - 1) break
    const whether = await asking.model.ask([...history, ...question(gleaning.if_loop_prompt || MORE)], attempt)
    if (
      lower(
        strip(whether)
          .replace(/^"+|"+$/g, '')
          .replace(/^'+|'+$/g, ''),
      ) !== 'yes'
    )
      break
  }
  return said
}

function answered(content: string): ChatMessage {
  return { role: 'assistant', content }
}
