import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { millrace, scratchDirectory } from '../../support/command-line.ts'

const directory = scratchDirectory()
const own = readdirSync('recipes').filter((name) => name.endsWith('.yaml'))

function recipe(name: string, text: string): string {
  writeFileSync(join(directory, name), text)
  return name
}

describe('lint', () => {
  test.each(own)('finds nothing wrong with %s', async (name) => {
    const { code, stdout } = await millrace(['lint', join('recipes', name)])
    expect(code).toBe(0)
    expect(stdout).toContain('no mistakes')
  })

  test('finds every mistake of every recipe, each with its place', async () => {
    const first = recipe(
      'first.yaml',
      'proces: []\nprocess:\n  - clean_emal_mapper:\n  - words_num_filter: {min_nun: 3}\n',
    )
    const second = recipe('second.yaml', 'process: [\n')
    const { code, stdout } = await millrace(['lint', first, 'gone.yaml', second], { directory })
    expect(code).toBe(2)
    for (const place of ['first.yaml:1:1', 'first.yaml:3:', 'first.yaml:4:', 'gone.yaml:1:1', 'second.yaml:'])
      expect(stdout).toContain(place)
    for (const right of ['process', 'clean_email_mapper', 'min_num']) expect(stdout).toContain(`Did you mean ${right}?`)
  })

  test('says of each key what is made of it', async () => {
    const name = recipe('notes.yaml', 'project_name: x\nnp: 4\nprocess: []\n')
    const { stdout } = await millrace(['lint', name], { directory })
    expect(stdout).toMatch(/project_name +honoured/)
    expect(stdout).toMatch(/np +ignored/)
  })

  test('with --json prints one object, mistakes or not', async () => {
    const { code, stdout } = await millrace(['lint', recipe('bad.yaml', 'proces: []\n'), '--json'], { directory })
    expect(code).toBe(2)
    expect(JSON.parse(stdout)).toMatchObject({
      mistakes: 1,
      recipes: [{ file: 'bad.yaml', problems: [{ line: 1, column: 1 }] }],
    })
  })
})

describe('plan', () => {
  test('is one stage, and with --isolate one per operator', async () => {
    const name = recipe('plan.yaml', 'process:\n  - clean_email_mapper:\n  - words_num_filter:\n')
    const stages = async (...options: string[]) => {
      const { stdout } = await millrace(['plan', name, '--json', ...options], { directory })
      return JSON.parse(stdout).stages.map(
        (stage: { name: string; replicas: number }) => `${stage.name} x ${stage.replicas}`,
      )
    }
    expect(await stages()).toEqual(['01-cpu x 1'])
    expect(await stages('--isolate', '--replicas', '2')).toEqual([
      '01-clean-email-mapper x 2',
      '02-words-num-filter x 2',
    ])
  })

  test('is drawn for people and as a chart', async () => {
    const text = await millrace(['plan', 'recipes/quickstart.yaml'])
    const chart = await millrace(['plan', 'recipes/quickstart.yaml', '--mermaid'])
    expect(text.stdout).toContain('quickstart.raw')
    expect(chart.stdout).toMatch(/^flowchart /)
  })

  test('says all mistakes of a recipe at once', async () => {
    const name = recipe('wrong.yaml', 'process:\n  - clean_emal_mapper:\n  - words_num_filter: {min_nun: 3}\n')
    const { code, stdout, stderr } = await millrace(['plan', name], { directory })
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('wrong.yaml has 2 mistakes')
  })
})

describe('test', () => {
  const tests = (text: string) =>
    `process:\n  - clean_email_mapper:\ntests:\n  - name: removes mail\n    text: x a@b.org\n    expect: {text: '${text}'}\n`

  test("runs the recipe's own tests", async () => {
    const { code, stdout } = await millrace(['test', recipe('right.yaml', tests('x '))], { directory })
    expect(code).toBe(0)
    expect(stdout).toContain('pass  removes mail')
    expect(stdout).toContain('1 passed, 0 failed')
  })

  test('fails with what was expected and what came', async () => {
    const { code, stdout } = await millrace(['test', recipe('failing.yaml', tests('y '))], { directory })
    expect(code).toBe(1)
    expect(stdout).toMatch(/FAIL {2}removes mail\n +- y \n? *\+ x/)
  })

  test('passes for the quickstart recipe', async () => {
    const { code, stdout } = await millrace(['test', 'recipes/quickstart.yaml', '--json'])
    expect({ code, failed: JSON.parse(stdout).failed }).toEqual({ code: 0, failed: 0 })
    expect(JSON.parse(stdout).passed).toBeGreaterThan(0)
  })
})

describe('run', () => {
  test('writes documents to standard output and its report beside them', async () => {
    const name = recipe('run.yaml', 'process:\n  - text_length_filter: {min_len: 3}\n')
    const input = '{"text":"abc"}\n{"text":"a"}\n{"text":"abcd"}\n'
    const args = ['run', name, '--broker', 'memory', '--input', '-', '--output', '-']
    const { code, stdout, stderr } = await millrace(args, { directory, input })
    expect({ code, stdout }).toEqual({ code: 0, stdout: '{"text":"abc"}\n{"text":"abcd"}\n' })
    expect(stderr).toContain('The ledger balances.')
    expect(readdirSync(directory).filter((file) => file.includes('partial'))).toEqual([])
  })

  test('that is interrupted while it waits for input ends at once, and leaves nothing half-written', async () => {
    const name = recipe('waiting.yaml', 'process: []\n')
    const args = ['run', name, '--broker', 'memory', '--input', '-', '--output', 'waiting.jsonl']
    const { code, stderr, seconds } = await millrace(args, {
      directory,
      input: '{"text":"a"}\n',
      interrupt: { signal: 'SIGINT', after: 2_000 },
    })
    expect(code).toBe(1)
    expect(stderr).toContain('Interrupted')
    expect(seconds).toBeLessThan(15)
    expect(readdirSync(directory).filter((file) => file.startsWith('waiting.jsonl'))).toEqual([])
  })
})
