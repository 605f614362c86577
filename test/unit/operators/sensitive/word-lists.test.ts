import { describe, expect, test } from 'vitest'
import { catalog } from '../../../../services/operators/catalog.ts'
import { Failure } from '../../../../topologies/failure.ts'
import { Text } from '../../../../topologies/text.ts'
import { storeOf } from './asset-store.ts'

function filterOf(parameters: Record<string, unknown>, files: Record<string, string | Uint8Array> = {}) {
  const definition = catalog.get('sensitive_words_filter')
  if (definition?.kind !== 'filter' || definition.on !== 'text') throw new Error('not a filter of texts')
  return definition.create(definition.parameters.parse(parameters), storeOf(files))
}

function codeOf(run: () => unknown): string | null {
  try {
    run()
    return null
  } catch (thrown) {
    return thrown instanceof Failure ? thrown.code : 'no failure'
  }
}

describe('the stats of a document', () => {
  test('are whether it is sensitive, and its words line by line in order of appearance, each once', () => {
    const { measure } = filterOf({ words: ['b', '赌博', 'C'] })
    expect(measure(new Text('c 赌博 b 赌博 C'))).toEqual({ is_sensitive: true, sensitive_words: 'C\n赌博\nb' })
    expect(measure(new Text('nothing'))).toEqual({ is_sensitive: false, sensitive_words: '' })
  })

  test('name no more words than are wanted', () => {
    const { measure } = filterOf({ words: ['a', 'b', 'c'], max_words: 2 })
    expect(measure(new Text('c b a')).sensitive_words).toBe('c\nb')
  })

  test.each([
    ['clean', null, 'sensitive'],
    ['sensitive', 'not_sensitive', null],
    ['all', null, null],
  ])('are judged by keep: %s', (keep, ofClean, ofSensitive) => {
    const { judge } = filterOf({ words: ['a'], keep })
    expect(judge({ is_sensitive: false, sensitive_words: '' })).toBe(ofClean)
    expect(judge({ is_sensitive: true, sensitive_words: 'a' })).toBe(ofSensitive)
  })

  test('that the document brought fail it when they are of another kind', () => {
    expect(codeOf(() => filterOf({ words: ['a'] }).judge({ is_sensitive: 'yes' }))).toBe('operator_failed')
  })
})

describe('a list of words', () => {
  const words = (parameters: Record<string, unknown>, files: Record<string, string | Uint8Array>) =>
    filterOf(parameters, files).measure(new Text('one two three four #five')).sensitive_words

  test('has one word a line, with comments and empty lines left out', () => {
    expect(words({ words_file: 'w.txt' }, { 'w.txt': '\ufeffone\r\n\r\n# two\n  three  \n' })).toBe('one\nthree')
  })

  test('may be JSON, as a list or as lists by name', () => {
    expect(words({ words_file: 'w.json' }, { 'w.json': '["two","#five"]' })).toBe('two\n#five')
    expect(words({ words_file: 'w.json' }, { 'w.json': '{"en":["two"],"de":["four"]}' })).toBe('two\nfour')
  })

  test('goes together with words of the recipe', () => {
    expect(words({ words: ['one'], words_file: 'w.txt' }, { 'w.txt': 'four' })).toBe('one\nfour')
  })

  test('is sensitive_words.txt of the asset store when none is named', () => {
    expect(words({}, { 'sensitive_words.txt': 'three' })).toBe('three')
    expect(codeOf(() => filterOf({}))).toBe('asset_missing')
  })

  test.each([
    ['w.txt', '\n# nothing\n'],
    ['w.txt', Uint8Array.of(0xff, 0xfe)],
    ['w.json', '[1]'],
    ['w.json', '{'],
  ])('that is not one is refused: %s %j', (words_file, content) => {
    expect(codeOf(() => filterOf({ words_file }, { [words_file]: content }))).toBe('asset_invalid')
  })
})
