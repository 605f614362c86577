import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { millrace, scratchDirectory } from '../../support/command-line.ts'

/** Each takes a backtracking engine longer than anybody waits: time doubles with every character. */
const evil = String.raw`[/^(\w+\s?)*$/, /^(a+)+$/, /^(a|a)*$/]`
const victim = `${'a'.repeat(60)}!`

/** An operator that asks every pattern, and writes down which of them found what. */
const operator = `
import { defineTextMapper } from '${pathToFileURL('topologies/operator.ts').href}'
import { commonParameters } from '${pathToFileURL('topologies/parameters.ts').href}'
export default defineTextMapper({
  name: 'evil_mapper', summary: 'Backtracks.', parameters: commonParameters, examples: [],
  create: () => (text) => ${evil}.map((pattern) => pattern.test(text.value)).join(' '),
})`

describe('a regular expression that would backtrack for ever', () => {
  const directory = scratchDirectory()
  writeFileSync(join(directory, 'in.jsonl'), `${JSON.stringify({ text: victim })}\n{"text": "aaa"}\n`)
  writeFileSync(join(directory, 'evil.ts'), operator)
  writeFileSync(join(directory, 'recipe.yaml'), 'stream: {allow_code: true}\nprocess:\n  - ./evil.ts:\n')

  test('goes on in linear time in the thread of the operators, with the right answer', async () => {
    const args = ['run', 'recipe.yaml', '--input', 'in.jsonl', '--output', '-', '--broker', 'memory']
    const ended = await millrace(args, { directory })
    expect(ended.stdout).toBe('{"text":"false false false"}\n{"text": "true true true"}\n')
    expect(ended.seconds).toBeLessThan(30)
  })

  test('does so too where operators run in the command itself', async () => {
    const ended = await millrace(['try', './evil.ts'], { directory, input: `${JSON.stringify({ text: victim })}\n` })
    expect(JSON.parse(ended.stdout)).toMatchObject({ documents: [{ text: 'false false false' }] })
    expect(ended.seconds).toBeLessThan(30)
  })
})
