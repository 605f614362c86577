import { z } from 'zod'
import type { Exact } from '../../../../schemas/json/exact.ts'
import { defineBatchMapper } from '../../../../topologies/operator.ts'
import { askingOf, dialogue } from '../../llm/asking.ts'
import { prompt } from '../../llm/parameters.ts'
import { answerPattern } from '../../llm/patterns.ts'
import { template } from '../../llm/templates.ts'
import { EXTRACTION_QUIRKS, extracting, extractingParameters, TEXT_TEMPLATE } from '../../llm/texts.ts'
import { strip } from '../../text/python-strings.ts'

const SYSTEM = `Find out how the people of a text call each other when they speak: the nicknames that one has for another.
- The speaker is who uses the nickname, not who bears it.
- Give one nickname for each speaker and each person spoken to, the usual one.
- Leave out people who have no nickname for each other.
Answer in this form, with headings as they stand here, and nothing else:
### 称呼方式1
- **说话人**：the speaker
- **被称呼人**：the person spoken to
- **the speaker对the person spoken to的昵称**：the nickname
### 称呼方式2
- **说话人**：…
- **被称呼人**：…
- **…对…的昵称**：…
`
const PATTERN = `
  \\#\\#\\#\\s*称呼方式(\\d+)\\s*
  -\\s*\\*\\*说话人\\*\\*\\s*：\\s*(.*?)\\s*
  -\\s*\\*\\*被称呼人\\*\\*\\s*：\\s*(.*?)\\s*
  -\\s*\\*\\*(.*?)对(.*?)的昵称\\*\\*\\s*：\\s*(.*?)(?=\\#\\#\\#|\\Z)
`

export default defineBatchMapper({
  name: 'extract_nickname_mapper',
  summary: 'Tags a text with who calls whom by which nickname, as a model finds it, asked at an endpoint.',
  traits: { resource: 'remote' },
  parameters: extractingParameters.extend({
    nickname_key: z.string().default('nickname').describe('tag for the nicknames'),
    system_prompt: prompt('instruction to the model; one of ours when not given'),
    input_template: prompt('question to the model, with {text}'),
    output_pattern: prompt(
      "regular expression of Python's module re, in verbose form, with six groups: number, speaker, addressee, both again, nickname",
    ),
  }),
  tags: true,
  quirks: [
    ...EXTRACTION_QUIRKS,
    'Without a nickname the tag holds one relation whose members are empty.',
    'Where the model names two different pairs in one entry, or the name for a nickname, the entry is left out.',
  ],
  examples: [
    {
      title: 'tags a text with a nickname',
      text: '“Come, Bear!” Anna said to Benjamin.',
      answers: ['### 称呼方式1\n- **说话人**：Anna\n- **被称呼人**：Benjamin\n- **Anna对Benjamin的昵称**：Bear\n'],
      expect: {
        documents: [
          {
            __dj__meta__: {
              nickname: [
                {
                  relation_source_entity: 'Anna',
                  relation_target_entity: 'Benjamin',
                  relation_description: 'Bear',
                  relation_keywords: ['nickname'],
                  relation_strength: null,
                },
              ],
            },
          },
        ],
      },
    },
  ],
  create(parameters, context) {
    const questionOf = template(parameters.input_template || TEXT_TEMPLATE, { named: ['text'] })
    const pattern = answerPattern(parameters.output_pattern || PATTERN, { dotAll: true, verbose: true, groups: 6 })
    return extracting({
      asking: askingOf({ asker: 'extract_nickname_mapper', model: parameters.api_model }, parameters, context),
      tags: [parameters.nickname_key],
      dropText: parameters.drop_text,
      messages: (text) => dialogue(parameters.system_prompt || SYSTEM, questionOf({ named: { text } })),
      read: (answer) => nicknamesIn(pattern.findAll(answer)),
      isUsable: (relations) => relations.length > 0,
      tagsOf: (relations) => ({ [parameters.nickname_key]: relations ?? [relation(['', '', ''], [])] }),
    })
  },
})

function nicknamesIn(matches: string[][]): Exact[] {
  const found = new Map<string, Exact>()
  for (const [, ...entry] of matches) {
    const [speaker = '', addressee = '', speakerAgain, addresseeAgain, name = ''] = entry.map(strip)
    const isTold = speaker !== '' && addressee !== '' && name !== '' && addressee !== name
    if (!isTold || speaker !== speakerAgain || addressee !== addresseeAgain) continue
    const all: [string, string, string] = [speaker, addressee, name]
    found.set(JSON.stringify(all), relation(all, ['nickname']))
  }
  return [...found.values()]
}

function relation([source, target, description]: [string, string, string], keywords: string[]): Exact {
  return {
    relation_source_entity: source,
    relation_target_entity: target,
    relation_description: description,
    relation_keywords: keywords,
    relation_strength: null,
  }
}
