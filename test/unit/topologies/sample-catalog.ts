import { z } from 'zod'
import {
  type Catalog,
  defineFilter,
  defineTextMapper,
  type OperatorDefinition,
  type Traits,
} from '../../../topologies/operator.ts'
import { commonParameters, filterParameters } from '../../../topologies/parameters.ts'

function mapper(name: string, traits: Partial<Traits> = {}): OperatorDefinition {
  const definition = defineTextMapper({
    name,
    summary: `Stands in for ${name}.`,
    traits,
    parameters: commonParameters.extend({ repl: z.string().default('').describe('what is put in the place') }),
    examples: [],
    create: () => (text) => text.value,
  })
  return definition as OperatorDefinition // parameters are checked by the schema before `create` sees them
}

function filter(name: string, traits: Partial<Traits> = {}): OperatorDefinition {
  const definition = defineFilter({
    name,
    summary: `Stands in for ${name}.`,
    traits,
    reasons: ['too_short', 'too_long'],
    parameters: filterParameters.extend({
      min_len: z.int().nonnegative().default(10).describe('fewest'),
      max_len: z.number().default(Number.POSITIVE_INFINITY).describe('most'),
      lang: z.enum(['en', 'zh']).default('en').describe('language'),
      words: z.array(z.string()).nullish().describe('list'),
    }),
    examples: [],
    create: () => ({ stats: [], measure: () => ({}), judge: () => null }),
  })
  return definition as OperatorDefinition // as above
}

const definitions = [
  mapper('clean_email_mapper'),
  mapper('clean_links_mapper'),
  filter('text_length_filter'),
  filter('words_num_filter'),
  filter('score_by_model_filter', { resource: 'gpu' }),
  mapper('rewrite_by_service_mapper', { resource: 'remote' }),
  filter('rank_whole_set_filter', { scope: 'dataset' }),
]

/** Operators of every resource class and scope that do nothing, for tests of grammar and planner. */
export const sampleCatalog: Catalog = new Map(definitions.map((definition) => [definition.name, definition]))
