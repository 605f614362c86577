import { describe, expect, it } from 'vitest'
import { placesOf, problemsOf, recipeOf } from './recipes.ts'

const PROCESS = 'process: [clean_email_mapper, text_length_filter, clean_email_mapper]'

function streamOf(settings: string) {
  return recipeOf(`stream: {${settings}}\n${PROCESS}`)
}

describe('what streaming adds to a recipe', () => {
  it('has defaults for all of it', () => {
    expect(recipeOf('np: 1').stream).toEqual({
      replicas: 1,
      delivery: 'exactly_once',
      compression: 'none',
      max_document_bytes: 16 * 1024 * 1024,
      transaction_bytes: 4 * 1024 * 1024,
      allow_files: false,
      allow_downloads: false,
      allow_endpoints: false,
      max_depth: 512,
      operators: {},
      cut_before: [],
      isolate: false,
      retention: { raw: -1, refined: -1, rejected: -1, dead_letters: -1, ledger: -1, channels: 7 * 86_400_000 },
      topics: {},
      allow_code: false,
      rejected: 'keep',
    })
  })

  it.each([
    ['retention: {raw: 7d}', 604_800_000],
    ['retention: {raw: 1.5h}', 5_400_000],
    ['retention: {raw: 90 m}', 5_400_000],
    ['retention: {raw: 60000}', 60_000],
    ['retention: {raw: forever}', -1],
    ['retention: {raw: -1}', -1],
  ])('times are written as people write them: %s', (settings, milliseconds) => {
    expect(streamOf(settings).stream.retention.raw).toBe(milliseconds)
  })

  it.each([
    ['max_document_bytes: 500kb', 500_000],
    ['max_document_bytes: 2 MiB', 2_097_152],
    ['max_document_bytes: 1000', 1000],
  ])('and sizes: %s', (settings, bytes) => {
    expect(streamOf(settings).stream.max_document_bytes).toBe(bytes)
  })

  it.each([
    ['name: My Pipeline'],
    ['name: .x'],
    ['partitions: 0'],
    ['partitions: 2.5'],
    ['replicas: many'],
    ['replicas: {01-cpu: 0}'],
    ['delivery: at_most_once'],
    ['compression: snappy'],
    ['max_document_bytes: 1 parsec'],
    ['max_document_bytes: 49 MiB'],
    ['max_document_bytes: 0'],
    ['max_depth: 0'],
    ['on_failure: ignore'],
    ['operators: {clean_email_mapper: {on_failure: ignore}}'],
    ['operators: {clean_email_mapper: {colour: red}}'],
    ['operators: {clean_links_mapper: {on_failure: drop}}'],
    ['operators: {3: {on_failure: drop}}'],
    ['cut_before: clean_email_mapper'],
    ['cut_before: [3]'],
    ['cut_before: [clean_links_mapper]'],
    ['isolate: maybe'],
    ['retention: {raw: 59s}'],
    ['retention: {raw: never}'],
    ['retention: {chanels: 7d}'],
    ["topics: {raw: 'a b'}"],
    ['rejected: burn'],
    ['colour: red'],
  ])('refuses %s', (settings) => {
    const problems = problemsOf(`stream: {${settings}}\n${PROCESS}`)
    expect(problems).toMatchObject([{ line: 1, path: expect.stringMatching(/^stream\./) }])
  })

  it('an operator is named by itself or by its index, and the index wins', () => {
    const { operators } = streamOf(
      'operators: {clean_email_mapper: {on_failure: drop, resource: gpu}, 2: {on_failure: stop}}',
    )
    expect(operators.map(({ onFailure, resource }) => [onFailure, resource])).toEqual([
      ['drop', 'gpu'],
      ['dead_letter', null],
      ['stop', 'gpu'],
    ])
  })

  it('a stage begins before every place of a name, or before an index', () => {
    expect(streamOf('cut_before: [clean_email_mapper]').operators.map(({ beginsStage }) => beginsStage)).toEqual([
      true,
      false,
      true,
    ])
    expect(streamOf('cut_before: [1]').operators.map(({ beginsStage }) => beginsStage)).toEqual([false, true, false])
  })
})

describe('what becomes of a document on which an operator fails', () => {
  const failing = (top: string, parameters: string) =>
    recipeOf(`${top}\nprocess:\n  - clean_email_mapper: {${parameters}}`).operators[0]?.onFailure

  it.each([
    ['np: 1', '', 'dead_letter'],
    ['skip_op_error: true', '', 'dead_letter'],
    ['skip_op_error: false', '', 'stop'],
    ['skip_op_error: false', 'skip_op_error: true', 'dead_letter'],
    ['np: 1', 'skip_op_error: false', 'stop'],
    ['stream: {on_failure: drop}', '', 'drop'],
    ['stream: {on_failure: drop}\nskip_op_error: false', '', 'drop'],
    ['stream: {on_failure: drop}', 'skip_op_error: false', 'stop'],
    ['stream: {on_failure: drop, operators: {0: {on_failure: pass_through}}}', 'skip_op_error: false', 'pass_through'],
  ])('the nearest word counts: %s / %s', (top, parameters, expected) => {
    expect(failing(top, parameters)).toBe(expected)
  })
})

describe("a recipe's own tests", () => {
  const testOf = (test: string) => `tests:\n  - ${test}\n${PROCESS}`

  it.each([
    ['{name: a, text: b, expect: {keep: true}}'],
    ['{name: a, input: {text: b, meta: {n: 1}}, expect: {text: c}}'],
    ["{name: a, raw: '{broken', expect: {dead_letter: json_broken}}"],
    ['{name: a, text: b, expect: {rejected: text_length_filter, reason: too_short}}'],
    ['{name: a, text: b, expect: {rejected: text_length_filter, reason: failed}}'],
    ["{name: a, text: '', expect: {text: ''}}"],
  ])('have an input and a fate: %s', (test) => {
    expect(recipeOf(testOf(test)).tests).toHaveLength(1)
  })

  it.each([
    ['{text: b, expect: {keep: true}}', 'tests[0].name'],
    ['{name: a, before: [c], text: b, expect: {keep: true}}', 'tests[0].before'],
    ['{name: a, expect: {keep: true}}', 'tests[0]'],
    ['{name: a, text: b, raw: c, expect: {keep: true}}', 'tests[0]'],
    ['{name: a, text: b}', 'tests[0].expect'],
    ['{name: a, text: b, expect: {}}', 'tests[0].expect'],
    ['{name: a, text: b, expect: {keep: false}}', 'tests[0].expect.keep'],
    ['{name: a, text: b, expect: {keep: true, text: c}}', 'tests[0].expect'],
    ['{name: a, text: b, expect: {keep: true, reason: too_short}}', 'tests[0].expect.reason'],
    ['{name: a, text: b, expect: {dead_letter: json_brokn}}', 'tests[0].expect.dead_letter'],
    ['{name: a, text: b, expect: {rejected: words_num_filter}}', 'tests[0].expect.rejected'],
    ['{name: a, text: b, expect: {rejected: text_length_filter, reason: too_shrt}}', 'tests[0].expect.reason'],
    ['{name: a, text: b, expect: {rejected: clean_email_mapper, reason: too_short}}', 'tests[0].expect.reason'],
    ['{name: a, text: b, expct: {keep: true}, expect: {keep: true}}', 'tests[0].expct'],
  ])('are checked: %s', (test, path) => {
    expect(placesOf(testOf(test)).map((place) => place.split(' ')[1])).toEqual([path])
  })
})
