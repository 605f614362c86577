import { describe, expect, it } from 'vitest'
import { withAssets } from '../../../topologies/assets.ts'
import { notesOf, placesOf, problemsOf, recipeOf } from './recipes.ts'

describe('the process list', () => {
  it('takes an operator bare, with null and with parameters, and the same one again', () => {
    const { operators } = recipeOf(
      'process:\n  - clean_email_mapper\n  - clean_email_mapper:\n  - text_length_filter: {min_len: 5e1}\n  - text_length_filter:\n      max_len: 1_000',
    )
    expect(operators.map(({ index, name }) => `${index} ${name}`)).toEqual([
      '0 clean_email_mapper',
      '1 clean_email_mapper',
      '2 text_length_filter',
      '3 text_length_filter',
    ])
    expect(operators[2]?.parameters).toMatchObject({
      min_len: 50,
      max_len: Number.POSITIVE_INFINITY,
      reversed_range: false,
    })
    expect(operators[3]?.parameters).toMatchObject({ min_len: 10, max_len: 1000 })
  })

  it('may be empty, null or absent', () => {
    for (const source of ['process: []', 'process:', 'np: 1']) expect(recipeOf(source).operators).toEqual([])
  })

  it.each([
    ['a misspelt operator', '- clean_emial_mapper:', 'process[0]', 'Did you mean clean_email_mapper?'],
    [
      'an operator of Data-Juicer that is misspelt',
      '- perplexity_fliter:',
      'process[0]',
      'Did you mean perplexity_filter?',
    ],
    [
      'a misspelt parameter',
      '- text_length_filter: {max_ln: 5}',
      'process[0].text_length_filter.max_ln',
      'Did you mean max_len?',
    ],
    ['a misspelt value', '- text_length_filter: {lang: enn}', 'process[0].text_length_filter.lang', 'Did you mean en?'],
    [
      'a parameter beside its operator',
      '- clean_email_mapper:\n    repl: x',
      'process[0]',
      'Is repl a parameter of clean_email_mapper? Then indent it further.',
    ],
    [
      'two operators behind one dash',
      '- clean_email_mapper:\n    clean_links_mapper:',
      'process[0]',
      'Every operator begins with a dash of its own.',
    ],
  ])('guesses what is meant by %s', (_name, entry, path, hint) => {
    expect(problemsOf(`process:\n  ${entry}`)).toMatchObject([{ path, hint }])
  })

  it('tells what is not built yet from what nobody knows', () => {
    const [known, unknown] = problemsOf('process:\n  - language_id_score_filter:\n  - xyzzy_filter:')
    expect(known?.message).toContain('is an operator of Data-Juicer 1.6.1 that is not built here yet')
    expect(unknown?.message).toBe('there is no operator xyzzy_filter')
    expect(unknown?.hint).toBeUndefined()
  })

  it.each([
    ['process: clean_email_mapper', '1:10 process'],
    ['process: {clean_email_mapper: null}', '1:10 process'],
    ['process: [[a]]', '1:11 process[0]'],
    ['process: [7]', '1:11 process[0]'],
    ['process: [null]', '1:11 process[0]'],
    ['process: [{}]', '1:11 process[0]'],
    ['process: [clean_email_mapper: 7]', '1:31 process[0].clean_email_mapper'],
    ['process: [clean_email_mapper: [repl, x]]', '1:31 process[0].clean_email_mapper'],
    ['process: [clean_email_mapper: {repl: 7}]', '1:38 process[0].clean_email_mapper.repl'],
    ['process: [text_length_filter: {words: [a, 5]}]', '1:43 process[0].text_length_filter.words[1]'],
    ['process: [text_length_filter: {index_key: i}]', '1:43 process[0].text_length_filter.index_key'],
  ])('places a mistake where it stands: %s', (source, place) => {
    expect(placesOf(source)).toEqual([place])
  })

  it('a mistake under an alias stands where the alias points', () => {
    const source = 'stream: {topics: {raw: &word x}}\nprocess:\n  - text_length_filter: {min_len: *word}'
    expect(placesOf(source)).toEqual(['1:30 process[0].text_length_filter.min_len'])
  })

  it('a module runs only when the recipe says that code may run', () => {
    expect(problemsOf('process: [./mine.ts]')).toMatchObject([
      { message: expect.stringContaining('stream.allow_code') },
    ])
    const allowed = 'stream: {allow_code: true}\nprocess: [./mine.ts]'
    expect(problemsOf(allowed)).toMatchObject([{ message: expect.stringContaining('nobody loaded') }])
  })

  it('lint names the parameters that have no effect', () => {
    const notes = notesOf('process:\n  - text_length_filter: {num_proc: 4, min_len: 3, image_key: i}')
    expect(notes.filter(({ path }) => path.startsWith('process[')).map(({ path }) => path)).toEqual([
      'process[0].text_length_filter.num_proc',
      'process[0].text_length_filter.image_key',
    ])
  })

  it('an operator reads the text key of its own', () => {
    const { operators } = recipeOf(
      'text_keys: body\nprocess:\n  - clean_email_mapper: {text_key: title}\n  - clean_email_mapper:',
    )
    expect(operators.map(({ textKey }) => textKey)).toEqual(['title', 'body'])
  })

  it('the assets directory is put into parameters at any depth, and nowhere else', () => {
    const { operators } = recipeOf("process:\n  - text_length_filter: {words: ['{assets}/a', b, '{assets}{assets}']}")
    expect(operators[0]?.parameters).toMatchObject({ words: ['{assets}/a', 'b', '{assets}{assets}'] })
    expect(withAssets(operators[0]?.parameters, '/x$&')).toMatchObject({
      words: ['/x$&/a', 'b', '/x$&/x$&'],
      min_len: 10,
    })
  })
})
