import { describe, expect, test } from 'vitest'
import { assetDirectory } from '../../../services/assets/directory.ts'
import { definitionOf, failedTrial, operatorTrial, readParameters } from '../../../services/cli/trial/operator-trial.ts'
import { catalog } from '../../../services/operators/catalog.ts'
import { Failure } from '../../../topologies/failure.ts'
import { failureOf } from '../../support/failures.ts'

const context = assetDirectory('nowhere')

function tried(name: string, json: string, ...lines: string[]): string[] {
  const definition = definitionOf(name, catalog)
  const trial = operatorTrial(definition, readParameters(definition, json), { catalog, context, maxDepth: 512 })
  return lines.map((line) => trial(Buffer.from(line)).toString())
}

describe('a verdict', () => {
  test('keeps every byte of a sample around its text, and leaves out what is Data-Juicer’s own', () => {
    const [line] = tried(
      'whitespace_normalization_mapper',
      '{}',
      '{"n":1.0, "text":" a\\u00a0b ","__dj__meta__":{"x":1},"big":12345678901234567890}',
    )
    expect(line).toBe(
      '{"verdict":"keep","documents":[{"n":1.0, "text":"a b","big":12345678901234567890}],"stats":{}}\n',
    )
  })

  test('names the reason of a drop, and the stats of what was dropped', () => {
    const [line] = tried('words_num_filter', '{"min_num":3}', '{"text":"two words"}')
    expect(line).toBe('{"verdict":"drop","reason":"below_minimum","documents":[],"stats":{"num_words":2}}\n')
  })

  test('trusts the stats that a sample brings', () => {
    const [line = ''] = tried(
      'words_num_filter',
      '{"min_num":3}',
      '{"text":"two words","__dj__stats__":{"num_words":7}}',
    )
    expect(JSON.parse(line)).toEqual({ verdict: 'keep', documents: [{ text: 'two words' }], stats: { num_words: 7 } })
  })

  test('carries lone surrogates in and out as escapes', () => {
    const [line] = tried('whitespace_normalization_mapper', '{}', '{"text":"\\ud800 x"}')
    expect(line).toContain('"text":"\\ud800 x"')
  })

  test('of a line that is no sample is a fail with its code, and the next line goes on', () => {
    const lines = tried(
      'words_num_filter',
      '{}',
      '{broken',
      '{"text":null}',
      '{"text":5}',
      '{"other":1}',
      '{"text":"a"}',
    )
    const codes = lines.map((line) => JSON.parse(line)).map(({ verdict, error }) => error?.code ?? verdict)
    expect(codes).toEqual(['json_broken', 'text_missing', 'text_not_a_string', 'text_missing', 'drop'])
  })

  test('reads and writes the text under the operator’s own key, with dots into what is nested', () => {
    const [flat, nested] = [
      tried('clean_email_mapper', '{"text_key":"body"}', '{"body":"x a@b.org","text":"y a@b.org"}'),
      tried('clean_email_mapper', '{"text_key":"meta.body"}', '{"meta":{"body":"x a@b.org"}}'),
    ]
    expect(flat?.[0]).toContain('{"body":"x ","text":"y a@b.org"}')
    expect(nested?.[0]).toContain('{"meta":{"body":"x "}}')
  })

  test('of an operator that cannot be built is a fail for every line', () => {
    const trial = failedTrial(new Failure('asset_missing', 'No list.'))
    const expected =
      '{"verdict":"fail","documents":[],"stats":{},"error":{"code":"asset_missing","message":"No list."}}\n'
    expect([trial(Buffer.from('a')).toString(), trial(Buffer.from('b')).toString()]).toEqual([expected, expected])
  })
})

describe('wrong calls', () => {
  test('name the nearest operator', () => {
    const failure = failureOf(() => definitionOf('word_num_filter', catalog))
    expect(failure).toMatchObject({
      code: 'operator_unknown',
      message: expect.stringContaining('Did you mean words_num_filter?'),
    })
  })

  test('name the parameter and the nearest right one', () => {
    const failure = failureOf(() => tried('words_num_filter', '{"min_nun":1}'))
    expect(failure).toMatchObject({
      code: 'parameters_invalid',
      message: expect.stringMatching(/min_nun .*Did you mean min_num\?/),
    })
  })

  test.each(['{"min_num":', '[]', '"x"', 'null'])('refuse %s as parameters', (json) => {
    expect(failureOf(() => tried('words_num_filter', json)).code).toBe('parameters_invalid')
  })
})
