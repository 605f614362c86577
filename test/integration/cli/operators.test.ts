import { describe, expect, test } from 'vitest'
import { catalog } from '../../../services/operators/catalog.ts'
import { jsonLines, millrace } from '../../support/command-line.ts'

describe('try', () => {
  test('prints one verdict per line and passes over blank ones', async () => {
    const input = '{"text":"write to a@b.org"}\n\n{broken\r\n{"text":"x"}'
    const { code, stdout, stderr } = await millrace(['try', 'clean_email_mapper'], { input })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(jsonLines(stdout)).toEqual([
      { verdict: 'keep', documents: [{ text: 'write to ' }], stats: {} },
      { verdict: 'fail', documents: [], stats: {}, error: { code: 'json_broken', message: expect.any(String) } },
      { verdict: 'keep', documents: [{ text: 'x' }], stats: {} },
    ])
  })

  test('with wrong parameters fails every line on standard output and says once on standard error what is wrong', async () => {
    const args = ['try', 'words_num_filter', '--params', '{"min_nun":1}']
    const { code, stdout, stderr } = await millrace(args, { input: '{"text":"a"}\n{"text":"b"}\n' })
    expect(code).toBe(2)
    expect(jsonLines(stdout)).toHaveLength(2)
    expect(jsonLines(stdout)[0]).toMatchObject({ verdict: 'fail', error: { code: 'parameters_invalid' } })
    expect(stderr).toMatch(/^millrace: .*min_nun.*min_num\?\n$/)
  })

  test('carries a long input through in order', async () => {
    const lines = Array.from({ length: 20_000 }, (_, i) =>
      JSON.stringify({ text: `line ${i} ${'x'.repeat(i % 300)}.`, i }),
    )
    const { code, stdout } = await millrace(['try', 'whitespace_normalization_mapper'], { input: lines.join('\n') })
    expect(code).toBe(0)
    const wrong = jsonLines(stdout).filter(
      (verdict, i) => JSON.stringify(verdict) !== `{"verdict":"keep","documents":[${lines[i]}],"stats":{}}`,
    )
    expect(wrong.slice(0, 1)).toEqual([])
    expect(jsonLines(stdout)).toHaveLength(lines.length)
  })

  test('answers one line within a second', async () => {
    const { seconds } = await millrace(['try', 'words_num_filter'], { input: '{"text":"a"}\n' })
    expect(seconds).toBeLessThan(1)
  })
})

describe('operators', () => {
  test('are listed all, or by their kind', async () => {
    const all = await millrace(['operators', 'list', '--json'])
    const filters = await millrace(['operators', 'list', '--kind', 'filter', '--json'])
    expect(JSON.parse(all.stdout)).toHaveLength(catalog.size)
    const expected = [...catalog.values()].filter(({ kind }) => kind === 'filter').map(({ name }) => name)
    expect(JSON.parse(filters.stdout).map(({ name }: { name: string }) => name)).toEqual(expected)
  })

  test('are described with parameters, defaults, reasons and examples', async () => {
    const { code, stdout } = await millrace(['operators', 'describe', 'words_num_filter'])
    expect(code).toBe(0)
    for (const part of ['min_num: number or null, default 10', 'below_minimum', 'Quirks', 'Examples'])
      expect(stdout).toContain(part)
  })

  test.each([...catalog.keys()])('%s is described completely', async (name) => {
    const { stdout } = await millrace(['operators', 'describe', name, '--json'])
    const { parameters } = JSON.parse(stdout)
    const silent = parameters.filter(
      ({ description, type }: { description: string; type: string }) => description === '' || type === '',
    )
    expect(silent).toEqual([])
  })

  test('make a JSON schema that knows every one of them', async () => {
    const { code, stdout } = await millrace(['operators', 'schema'])
    expect(code).toBe(0)
    const schema = JSON.parse(stdout)
    expect(schema.$schema).toContain('2020-12')
    for (const name of catalog.keys()) expect(stdout).toContain(`"${name}"`)
  })
})
