import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { COMMANDS } from '../../../services/cli/command-line.ts'
import { millrace, scratchDirectory } from '../../support/command-line.ts'

describe('help', () => {
  test.each(COMMANDS.map(({ name }) => name))('of %s ends in an example', async (name) => {
    const { code, stdout, stderr } = await millrace([name, '--help'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(new RegExp(`Example:\\n.*millrace ${name}`))
  })

  test.each(COMMANDS.map(({ name }) => name))('of %s, or of each of its own commands, offers --json', async (name) => {
    const { stdout } = await millrace([name, '--help'])
    const own = [...stdout.matchAll(/^ {2}([a-z]+)(?: \[options\])/gm)].map(([, command = '']) => command)
    const pages =
      own.length === 0
        ? [stdout]
        : await Promise.all(own.map(async (command) => (await millrace([name, command, '--help'])).stdout))
    expect(pages.filter((page) => !page.includes('--json') && name !== 'worker')).toEqual([])
  })

  test('names every command, within a third of a second', async () => {
    const { code, stdout, seconds } = await millrace(['--help'])
    expect(code).toBe(0)
    for (const { name, summary } of COMMANDS)
      expect(stdout).toMatch(new RegExp(`^ {2}${name} .*${summary.slice(0, 20)}`, 'm'))
    expect(seconds).toBeLessThan(1)
  })
})

describe('wrong usage', () => {
  test.each([
    [['nonsense'], "unknown command 'nonsense'"],
    [['plan'], 'missing required argument'],
    [['plan', 'recipes/quickstart.yaml', '--nonsense'], "unknown option '--nonsense'"],
    [['plan', 'recipes/quickstart.yaml', '--replicas', '0'], 'whole number'],
    [['plan', 'recipes/quickstart.yaml', '--json', '--mermaid'], 'choose one'],
    [['plan', 'recipes/gone.yaml'], 'recipes/gone.yaml'],
    [['operators', 'describe', 'word_num_filter'], 'Did you mean words_num_filter?'],
    [['try', 'word_num_filter'], 'Did you mean words_num_filter?'],
    [['run', 'recipes/quickstart.yaml', '--broker', 'memory', '--input', 'gone.jsonl'], 'gone.jsonl'],
    [['run', 'recipes/quickstart.yaml', '--broker', 'memory'], '--input'],
    [['produce', 'recipes/quickstart.yaml', '--broker', 'memory', '--input', 'package.json'], '--broker memory'],
    [['export', 'quickstart', '--output', 'x', '--topic', 'nonsense'], 'refined, rejected, dead-letters'],
    [['export', 'quickstart', '--output', 'x', '--gzip', '--zstd'], 'choose'],
    [['dead-letters', 'show', 'quickstart', 'nonsense'], 'PARTITION-OFFSET'],
    [['dead-letters', 'list', 'No Such Name'], 'neither a recipe nor the name of a pipeline'],
    [['status', 'no-such-pipeline'], 'recipe'],
  ])('%j exits with 2 and says %s', async (args, sentence) => {
    const { code, stdout, stderr } = await millrace(args)
    expect({ code, stdout: stdout.replace(/.*"error".*\n/, '') }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(sentence)
    expect(stderr).not.toContain('    at ')
  })

  test('with --json says its code on standard output, too', async () => {
    const { code, stdout } = await millrace(['plan', 'recipes/gone.yaml', '--json'])
    expect(code).toBe(2)
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'input_missing' } })
  })
})

describe('what the machine lacks', () => {
  const directory = scratchDirectory()
  writeFileSync(join(directory, 'recipe.yaml'), 'process:\n  - stopwords_filter:\n')
  writeFileSync(join(directory, 'in.jsonl'), '{"text":"a"}\n')

  test('a word list that is missing is named before anything starts', async () => {
    const args = ['run', 'recipe.yaml', '--input', 'in.jsonl', '--broker', 'memory', '--assets', 'nowhere']
    const { code, stderr } = await millrace(args, { directory })
    expect(code).toBe(2)
    expect(stderr).toContain('stopwords')
  })

  test('an output that cannot be written is named before anything starts', async () => {
    writeFileSync(join(directory, 'plain.yaml'), 'process: []\n')
    const args = ['run', 'plain.yaml', '--input', 'in.jsonl', '--broker', 'memory', '--output', 'in.jsonl/out.jsonl']
    const { code, stderr } = await millrace(args, { directory })
    expect(code).toBe(2)
    expect(stderr).toContain('in.jsonl/out.jsonl cannot be written')
  })

  test('a full disk is named, and nothing half-written is left', async () => {
    const args = ['run', 'plain.yaml', '--input', 'in.jsonl', '--broker', 'memory', '--output', '/dev/full']
    const { code, stderr } = await millrace(args, { directory })
    expect(code).toBe(1)
    expect(stderr).toContain('The disk is full')
  })

  test('a broker that does not answer is given up after about ten seconds, with the cure', async () => {
    const { code, stderr, seconds } = await millrace(['dead-letters', 'list', 'x', '--broker', '127.0.0.1:1'])
    expect(code).toBe(1)
    expect(stderr).toContain('127.0.0.1:1')
    expect(stderr).toContain('millrace broker start')
    expect(seconds).toBeLessThan(20)
  })
})
