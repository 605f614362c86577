import { describe, expect, test } from 'vitest'
import { catalog } from '../../../services/operators/catalog.ts'
import { Failure } from '../../../topologies/failure.ts'
import type { OperatorContext } from '../../../topologies/operator.ts'
import { Text } from '../../../topologies/text.ts'
import { runOperator } from '../../support/vectors.ts'

function operator(name: string) {
  const found = catalog.get(name)
  if (!found) throw new Error(`There is no operator ${name}.`)
  return found
}

function problems(name: string, parameters: Record<string, unknown>): string[] {
  return (operator(name).parameters.safeParse(parameters).error?.issues ?? []).map((issue) => issue.message)
}

function storeOf(files: Record<string, string>): OperatorContext {
  return {
    assets: '',
    readAsset: () => new Uint8Array(),
    listAssets: () => Object.entries(files).map(([name, content]) => ({ name, read: () => Buffer.from(content) })),
  }
}

function failureOf(run: () => unknown): Failure | null {
  try {
    run()
    return null
  } catch (thrown) {
    return thrown instanceof Failure ? thrown : null
  }
}

describe('parameters', () => {
  test.each([...catalog.keys()])('%s refuses a name that it does not know', (name) => {
    const { issues = [] } = operator(name).parameters.safeParse({ no_such_parameter: 1 }).error ?? {}
    expect(issues.filter(({ code }) => code === 'unrecognized_keys')).toHaveLength(1)
  })

  test('tokenization is yes, no or null', () => {
    for (const tokenization of [true, false, null]) expect(problems('words_num_filter', { tokenization })).toEqual([])
    expect(problems('words_num_filter', { tokenization: 'yes' })).toHaveLength(1)
  })

  test('null takes a bound away', () => {
    expect(runOperator(operator('text_length_filter'), { min_len: null })({ text: '' }).verdict).toBe('keep')
  })

  test('a pattern and its replacement are checked together', () => {
    expect(problems('clean_links_mapper', { pattern: 'a++' })).toEqual([expect.stringContaining('possessive')])
    expect(problems('clean_links_mapper', { pattern: '(a)', repl: '\\2' })).toEqual([expect.stringContaining('group')])
    expect(problems('clean_links_mapper', { repl: '\\5' })).toEqual([])
    expect(problems('clean_email_mapper', { repl: '\\1' })).toHaveLength(1)
  })
})

describe('a stat that the document brought', () => {
  const filter = operator('text_length_filter')

  test.each([
    [12, null],
    [3, 'below_minimum'],
    [true, 'below_minimum'],
  ])('%j is judged as it is', (stat, reason) => {
    if (filter.kind !== 'filter' || filter.on !== 'text') throw new Error('not a filter of texts')
    expect(filter.create(filter.parameters.parse({}), storeOf({})).judge({ text_len: stat })).toBe(reason)
  })

  test.each(['12', null, [12]].map((stat) => [stat]))('%j fails the document', (stat) => {
    if (filter.kind !== 'filter' || filter.on !== 'text') throw new Error('not a filter of texts')
    const { judge } = filter.create(filter.parameters.parse({}), storeOf({}))
    expect(failureOf(() => judge({ text_len: stat }))?.code).toBe('operator_failed')
  })
})

describe('word lists', () => {
  const create = (files: Record<string, string>) => {
    const filter = operator('stopwords_filter')
    if (filter.kind !== 'filter' || filter.on !== 'text') throw new Error('not a filter of texts')
    return filter.create(filter.parameters.parse({}), storeOf(files))
  }

  test('a missing list is named, and where to put it', () => {
    const failure = failureOf(() => create({ 'flagged_words.json': '{"en": ["a"]}' }))
    expect(failure?.code).toBe('asset_missing')
    expect(failure?.message).toContain('stopwords.json')
  })

  test.each(['{', '[]', '{"en": "the"}', '{"en": [1]}', 'null'])('a list of another form is refused: %s', (content) => {
    expect(failureOf(() => create({ 'stopwords.json': content }))?.code).toBe('asset_invalid')
  })

  test('lists of several files are merged by language', () => {
    const filter = create({ 'stopwords-a.json': '{"en": ["the"]}', 'my_stopwords.json': '{"en": ["of"]}' })
    expect(filter.measure(new Text('The end of'))).toEqual({ stopwords_ratio: 2 / 3 })
  })
})
