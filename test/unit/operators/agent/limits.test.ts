import { describe, expect, test } from 'vitest'
import definition from '../../../../services/operators/mappers/agent/agent-bad-case-signal.ts'
import type { OperatorContext } from '../../../../topologies/operator.ts'
import { failureOf } from '../../../support/failures.ts'
import { runOperator } from '../../../support/vectors.ts'

const LIMITS = JSON.stringify({
  default: { max_total_tokens: 50, perplexity_high_threshold: 300.5 },
  by_request_model: { small: { max_total_tokens: 5 } },
})

const contextWith = (files: Record<string, string>): OperatorContext => ({
  assets: '',
  readAsset: () => new Uint8Array(),
  listAssets: () => Object.entries(files).map(([name, content]) => ({ name, read: () => Buffer.from(content) })),
})

/** The codes of the signals of a transcript that used 20 tokens and has a perplexity of 400. */
function codes(parameters: object, model: string | null): string[] {
  const given = definition.parameters.parse({
    auto_calibrate_thresholds: true,
    calibration_json_path: 'limits.json',
    ...parameters,
  })
  const tags = new Map<string, string | number | null>([
    ['total_tokens', 20],
    ['agent_request_model', model],
  ])
  const [change] = definition.create(
    given,
    contextWith({ 'limits.json': LIMITS }),
  )({
    text: () => {
      throw new Error('The text is not looked at.')
    },
    textKey: 'text',
    keys: () => [],
    field: () => undefined,
    exact: (key) => (key === '__dj__meta__' ? tags : undefined),
    sample: () => ({}),
    stats: () => ({ perplexity: 400 }),
    source: () => '',
  })
  const list = change?.tags?.agent_bad_case_signals
  return Array.isArray(list) ? list.map((signal) => JSON.stringify(signal)) : []
}

const TOKENS = '{"code":"high_token_usage","detail":"total_tokens=20","weight":"medium"}'
const PERPLEXITY = '{"code":"high_perplexity","detail":"perplexity=400.0","weight":"medium"}'

describe('limits from a file', () => {
  test('hold for all models, and those of one model for it alone', () => {
    expect(codes({}, null)).toEqual([PERPLEXITY])
    expect(codes({}, ' small ')).toEqual([TOKENS, PERPLEXITY])
  })

  test('yield to limits of the recipe, or go before them', () => {
    expect(codes({ max_total_tokens: 100 }, 'small')).toEqual([PERPLEXITY])
    expect(codes({ max_total_tokens: 100, calibration_manual_overrides_auto: false }, 'small')).toEqual([
      TOKENS,
      PERPLEXITY,
    ])
  })

  test('turn the signal on for perplexity only where that is wanted', () => {
    expect(codes({ auto_enable_perplexity_from_calibration: false }, null)).toEqual([])
  })

  test.each([
    [{}, 'asset_missing'],
    [{ 'limits.json': '{' }, 'asset_invalid'],
    [{ 'limits.json': '[]' }, 'asset_invalid'],
  ])('stop the run where the file is %j', (files, code) => {
    const given = definition.parameters.parse({
      auto_calibrate_thresholds: true,
      calibration_json_path: 'limits.json',
    })
    expect(failureOf(() => definition.create(given, contextWith(files))).code).toBe(code)
  })

  test('are not looked for unless that is asked for', () => {
    const verdict = runOperator(definition, { calibration_json_path: 'nowhere.json' })({ text: '' })
    expect(verdict.verdict).toBe('keep')
  })
})
