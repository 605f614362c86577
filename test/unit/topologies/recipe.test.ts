import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseRecipe } from '../../../topologies/recipe/recipe.ts'
import { placesOf, problemsOf, recipeOf } from './recipes.ts'
import { sampleCatalog as catalog } from './sample-catalog.ts'

const TEN_MISTAKES = `projekt_name: planted
np: four
export_type: arrow
stream:
  delivery: exactly_onec
  cut_before: [words_num_filter]
process:
  - clean_emial_mapper:
  - language_id_score_filter:
  - text_length_filter:
      min_len: -1
      max_ln: 5e5
tests:
  - {name: wrong, text: a, expect: {rejected: text_length_filter, reason: too_shrt}}
`

describe('mistakes in a recipe', () => {
  it('come all at once, each with its place, in the order of the file', () => {
    expect(placesOf(TEN_MISTAKES)).toEqual([
      '1:1 projekt_name',
      '2:5 np',
      '3:14 export_type',
      '5:13 stream.delivery',
      '6:16 stream.cut_before[0]',
      '8:5 process[0]',
      '9:5 process[1]',
      '11:16 process[2].text_length_filter.min_len',
      '12:7 process[2].text_length_filter.max_ln',
      '14:75 tests[0].expect.reason',
    ])
  })

  it.each(['', '   ', '# nothing', 'just words', '- a\n- b', '7'])(
    'a file that is no mapping is one mistake: %j',
    (source) => {
      expect(problemsOf(source)).toHaveLength(1)
    },
  )

  it('a syntax error is one mistake, whatever follows it', () => {
    expect(problemsOf(`process: [\n${TEN_MISTAKES}`)).toMatchObject([
      { path: '', message: expect.stringContaining('is not YAML') },
    ])
  })
})

/** Pieces of which recipes and nearly-recipes are made. */
const piece = fc.constantFrom(
  ...[
    'process:',
    'stream:',
    'tests:',
    'np: 4',
    'text_keys: [a]',
    '- clean_email_mapper:',
    '- text_length_filter: {min_len: 3}',
  ],
  ...[
    '{',
    '}',
    '[',
    ']',
    ':',
    ',',
    '&a ',
    '*a',
    '<<: *a',
    '!!int ',
    '|',
    '>-',
    '\t',
    '\n',
    '\n  ',
    '\n    ',
    "'",
    '"',
    '#',
    '- ',
    '? ',
  ],
  ...[
    '5e5',
    'yes',
    '~',
    'name: x',
    'expect: {keep: true}',
    'isolate: true',
    '---',
    '\u2028',
    '\u0000',
    '\ufeff',
    '\r\n',
  ],
)

describe('any text at all', () => {
  const sources = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.array(piece, { maxLength: 25 }).map((pieces) => pieces.join('')),
    fc.array(fc.oneof(piece, fc.string({ maxLength: 6 })), { maxLength: 25 }).map((pieces) => pieces.join('\n')),
  )

  it('is a recipe or has mistakes, and every finding stands inside of the file', () => {
    fc.assert(
      fc.property(sources, (source) => {
        const result = parseRecipe(source, { file: 'x.yaml', catalog })
        const findings = 'problems' in result ? result.problems : result.notes
        if ('problems' in result) expect(result.problems.length).toBeGreaterThan(0)
        const lines = source.split('\n')
        for (const { line, column } of findings) {
          expect(line).toBeGreaterThanOrEqual(1)
          expect(column).toBeGreaterThanOrEqual(1)
          expect(column).toBeLessThanOrEqual((lines[line - 1]?.length ?? -1) + 1)
        }
      }),
      { numRuns: 2_000 },
    )
  })

  it('any values under the known keys are a recipe or have mistakes', () => {
    const key = fc.constantFrom(
      'process',
      'stream',
      'tests',
      'dataset',
      'dataset_path',
      'text_keys',
      'np',
      'partition',
      'export_path',
    )
    fc.assert(
      fc.property(fc.dictionary(key, fc.jsonValue({ maxDepth: 5 })), (data) => {
        const result = parseRecipe(JSON.stringify(data), { file: 'x.yaml', catalog })
        if ('problems' in result) expect(result.problems.length).toBeGreaterThan(0)
        else expect(result.recipe.operators.length).toBe(Array.isArray(data.process) ? data.process.length : 0)
      }),
      { numRuns: 1_000 },
    )
  })

  it('a recipe is the same in YAML and in JSON', () => {
    const data = {
      process: [{ text_length_filter: { min_len: 3, words: ['a'] } }, 'clean_email_mapper'],
      stream: { isolate: true },
    }
    const block =
      'process:\n- text_length_filter:\n    min_len: 3\n    words:\n    - a\n- clean_email_mapper\nstream:\n  isolate: on\n'
    const plain = (source: string) =>
      JSON.stringify(recipeOf(source), (key, value) => (key.startsWith('place') ? null : value))
    expect(plain(block)).toBe(plain(JSON.stringify(data)))
  })
})
