import { z } from 'zod'
import {
  type Catalog,
  defineDeduplicator,
  defineFilter,
  defineSelector,
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

function selector(name: string): OperatorDefinition {
  const definition = defineSelector({
    name,
    summary: `Stands in for ${name}.`,
    parameters: commonParameters.extend({ topk: z.int().default(10).describe('how many') }),
    examples: [],
    create: () => ({ view: () => null, select: () => new Uint32Array() }),
  })
  return definition as OperatorDefinition // as above
}

function deduplicator(name: string): OperatorDefinition {
  const definition = defineDeduplicator({
    name,
    summary: `Stands in for ${name}.`,
    parameters: commonParameters.extend({ window: z.int().default(5).describe('tokens') }),
    examples: [],
    create: () => ({ probe: () => ({ keys: [], signature: new Uint8Array() }), similarity: () => 1 }),
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
  selector('rank_whole_set_selector'),
  deduplicator('drop_copies_deduplicator'),
]

/** Operators of every resource class and scope that do nothing, for tests of grammar and planner. */
export const sampleCatalog: Catalog = new Map(definitions.map((definition) => [definition.name, definition]))
