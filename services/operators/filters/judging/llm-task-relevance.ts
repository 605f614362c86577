import { z } from 'zod'
import { Failure } from '../../../../topologies/failure.ts'
import { defineBatchFilter } from '../../../../topologies/operator.ts'
import { bound, judgeBounds, RANGE_REASONS } from '../../bounds.ts'
import { type AnalysisParameters, analysing, analysisParameters, markingPrompt } from '../../llm/analysis.ts'
import { template } from '../../llm/templates.ts'

const DIMENSIONS = {
  topical_relevance: 'it is about what the task is about',
  linguistic_style_match: 'its tone and style are those of the examples',
  task_match: 'it solves the same kind of problem',
  knowledge_alignment: 'it asks for the same kind of knowledge and thought',
  potential_utility: 'learning from it would help with the task',
}

const SYSTEM = markingPrompt(
  'You judge whether learning from a document would help a language model with a task. The task is given by a description, by examples, or by both.',
  DIMENSIONS,
  {
    rules: [
      'Mark the closeness to the task, not how good the document is by itself; a fine text that has nothing to do with it gets 1.',
      'Where the examples leave the task open, keep to what they have in common and mark with care.',
      'Take the document as it stands and add nothing to it.',
    ],
  },
)

const parameters = analysisParameters.extend({
  min_score: bound(0.5, 'least score that is kept, a share of the best marks; null for no minimum'),
  max_score: bound(1, 'no effect: there is no maximum'),
  valid_dataset: z
    .array(z.record(z.string(), z.json()))
    .nullish()
    .describe('examples of the task: samples with the fields of input_keys'),
  task_desc: z.string().nullish().describe('the task in words'),
  n_shot: z.int().positive().nullish().describe('how many of the examples are shown; all when not given'),
})

export default defineBatchFilter({
  name: 'llm_task_relevance_filter',
  summary: 'Keeps documents that a model, asked at an endpoint, finds close enough to a task.',
  traits: { resource: 'remote' },
  parameters,
  reasons: RANGE_REASONS,
  quirks: [
    'A document with the score 0 is kept: that is one for which the model gives no usable answer.',
    'A description without examples will do; Data-Juicer needs examples.',
    'Where the endpoint fails, the document fails and is tried again; Data-Juicer takes that for an answer of no use.',
  ],
  examples: [
    {
      title: 'keeps what is close to the task',
      parameters: { task_desc: 'Solve school problems of arithmetic.' },
      text: 'Anna has 3 apples and buys 4. How many has she?',
      answers: [
        '{"dimension_scores": {"topical_relevance": 5, "linguistic_style_match": 5, "task_match": 5, "knowledge_alignment": 5, "potential_utility": 4}}',
      ],
      expect: { keep: true },
      stats: { llm_task_relevance: 0.96 },
    },
    {
      title: 'drops what is not',
      parameters: { valid_dataset: [{ text: '3 + 4 = 7' }] },
      text: 'The Alps are old mountains.',
      answers: [
        '{"dimension_scores": {"topical_relevance": 1, "linguistic_style_match": 1, "task_match": 1, "knowledge_alignment": 1, "potential_utility": 1}}',
      ],
      expect: { drop: 'below_minimum' },
      stats: { llm_task_relevance: 0.2 },
    },
  ],
  create(given, context) {
    return analysing(
      {
        asker: 'llm_task_relevance_filter',
        system: SYSTEM,
        dimensions: Object.keys(DIMENSIONS),
        stats: {
          score: 'llm_task_relevance',
          record: 'llm_task_relevance_record',
          tags: 'llm_task_relevance_tags',
        },
        preface: prefaceOf(given),
        judge: (score) => (score ? judgeBounds(score, { minimum: given.min_score, maximum: null }, given) : null),
      },
      given,
      context,
    )
  },
})

type Task = AnalysisParameters & z.infer<typeof parameters>

/** What is said of the task before each question. Throws Failure `parameters_invalid` where nothing is. */
function prefaceOf(given: Task): string {
  const { task_desc: task, valid_dataset: examples } = given
  const description = task ? `# Task Description\n${task}\n\n` : ''
  const shown = (examples ?? []).slice(0, given.n_shot ?? undefined).map((example) => shownAs(example, given))
  const preface = description + (shown.length > 0 ? `# Validation Data\n${shown.join('\n\n')}\n\n` : '')
  if (preface !== '') return preface
  throw new Failure('parameters_invalid', 'Nothing is said of the task: give task_desc, or examples by valid_dataset.')
}

function shownAs(
  example: { [key: string]: z.core.util.JSONType },
  { input_keys: keys, field_names: names, field_template }: Task,
): string {
  const field = template(field_template || '**{field_name}**\n{field_data}', { named: ['field_name', 'field_data'] })
  const fields = keys.flatMap((key, i) => {
    const value = example[key]
    return value === undefined ? [] : [field({ named: { field_name: names[i] ?? key, field_data: value } })]
  })
  return `'''\n${fields.join('\n\n')}\n'''`
}
