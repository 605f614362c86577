import { z } from 'zod'
import { defineBatchMapper } from '../../../../topologies/operator.ts'
import { askingOf, question } from '../../llm/asking.ts'
import { partsBetweenPunctuation } from '../../llm/fields.ts'
import { prompt } from '../../llm/parameters.ts'
import { answerPattern } from '../../llm/patterns.ts'
import { template } from '../../llm/templates.ts'
import { EXTRACTION_QUIRKS, extracting, extractingParameters } from '../../llm/texts.ts'
import { strip } from '../../text/python-strings.ts'

const PROMPT = `Name the key words of the text below: what it is about as a whole, its ideas, themes and topics, not its details. Write them in the language of the text.
Answer in this form and nothing else:
("content_keywords" "first key word, second key word, third key word"){completion_delimiter}

For a text on how lighthouses were manned before they were automated, that could be:
("content_keywords" "lighthouses, work at sea, automation"){completion_delimiter}

Text:
\`\`\`
{input_text}
\`\`\`
Answer:
`
const DELIMITER = '<|COMPLETE|>'
const PATTERN = '\\("content_keywords"(.*?)\\)'

export default defineBatchMapper({
  name: 'extract_keyword_mapper',
  summary: 'Tags a text with key words that a model, asked at an endpoint, finds for it.',
  traits: { resource: 'remote' },
  parameters: extractingParameters.extend({
    keyword_key: z.string().default('keyword').describe('tag for the key words'),
    prompt_template: prompt('question to the model, with {input_text} and {completion_delimiter}'),
    completion_delimiter: prompt('mark that ends the answer; <|COMPLETE|> when not given'),
    output_pattern: prompt("regular expression of Python's module re, in verbose form, that finds lists of key words"),
  }),
  tags: true,
  quirks: [...EXTRACTION_QUIRKS, 'Key words are cut at every mark of punctuation, hyphens included.'],
  examples: [
    {
      title: 'tags a text with its key words',
      text: 'Before they were automated, lighthouses had keepers.',
      answers: ['("content_keywords" "lighthouses, work at sea"){<|COMPLETE|>}'],
      expect: { documents: [{ __dj__meta__: { keyword: ['lighthouses', 'work at sea'] } }] },
    },
    {
      title: 'gives none where the model says nothing of use',
      text: 'Hello.',
      answers: ['None.', 'None.', 'None.'],
      expect: { documents: [{ __dj__meta__: { keyword: [] } }] },
    },
  ],
  create(parameters, context) {
    const questionOf = template(parameters.prompt_template || PROMPT, { named: ['input_text', 'completion_delimiter'] })
    const pattern = answerPattern(parameters.output_pattern || PATTERN, { dotAll: true, verbose: true })
    return extracting({
      asking: askingOf({ asker: 'extract_keyword_mapper', model: parameters.api_model }, parameters, context),
      tags: [parameters.keyword_key],
      dropText: parameters.drop_text,
      messages: (text) =>
        question(
          questionOf({
            named: { input_text: text, completion_delimiter: parameters.completion_delimiter || DELIMITER },
          }),
        ),
      read: (answer) => pattern.findAll(answer).flatMap(([list = '']) => partsBetweenPunctuation(list, strip)),
      isUsable: (words) => words.length > 0,
      tagsOf: (words) => ({ [parameters.keyword_key]: words ?? [] }),
    })
  },
})
