import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openEnvironment, withoutSecrets } from '../../../services/cli/terminal/secrets.ts'
import { type Ended, millrace, scratchDirectory } from '../../support/command-line.ts'
import { type Right, securedKafka } from '../../support/secured-kafka.ts'

/** Held to be secret by everybody; it must turn up nowhere, in none of the forms in which it travels. */
const CANARY = 'Canary "p@ss" wörd/7'
const FORMS = [
  CANARY,
  JSON.stringify(CANARY).slice(1, -1),
  encodeURIComponent(CANARY),
  Buffer.from(CANARY).toString('base64').replace(/=+$/, ''),
]

describe('a text without secrets', () => {
  const secretFile = join(scratchDirectory(), 'secret')
  writeFileSync(secretFile, `${CANARY}\n`)

  test.each([
    { MILLRACE_KAFKA_SASL_PASSWORD: CANARY },
    { MILLRACE_KAFKA_SASL_PASSWORD_FILE: secretFile },
    { MILLRACE_KAFKA_KEY_PASSWORD: CANARY },
    { MILLRACE_REGISTRY: `http://ann:${encodeURIComponent(CANARY)}@registry:8081` },
  ])('holds none of %j, in whatever form', (env) => {
    const basic = Buffer.from(`ann:${CANARY}`).toString('base64')
    const forms = 'MILLRACE_REGISTRY' in env ? [CANARY, basic] : FORMS
    for (const form of forms) expect(withoutSecrets(`before ${form} after`, env)).toBe('before *** after')
  })

  test('is left alone where there is none', () => {
    expect(
      withoutSecrets('a text', { MILLRACE_KAFKA_SASL_PASSWORD: '', MILLRACE_KAFKA_SASL_PASSWORD_FILE: '/no/file' }),
    ).toBe('a text')
    expect(withoutSecrets('a text', { MILLRACE_KAFKA_SASL_PASSWORD: 'a' })).toBe('a text')
  })
})

describe('code of a recipe', () => {
  test('is given an environment without secrets', () => {
    const open = { PATH: '/bin', MILLRACE_HOME: 'here', MILLRACE_BROKERS: 'kafka:9092' }
    const env = { ...open, MILLRACE_KAFKA_SASL_PASSWORD: CANARY, MILLRACE_KAFKA_SASL_PASSWORD_FILE: 'f' }
    expect(openEnvironment({ ...env, MILLRACE_REGISTRY: 'http://a:b@registry' })).toEqual(open)
    expect(openEnvironment({ ...env, MILLRACE_REGISTRY: 'http://registry' })).toEqual({
      ...open,
      MILLRACE_REGISTRY: 'http://registry',
    })
  })

  const env = { MILLRACE_KAFKA_SASL_PASSWORD: CANARY, INHERITED: 'yes' }

  test('does not find them from Python', async () => {
    const look =
      "__import__('os').environ.get('INHERITED', 'no') + str(__import__('os').environ.get('MILLRACE_KAFKA_SASL_PASSWORD'))"
    const params = JSON.stringify({ lambda_str: `lambda sample: {'text': ${look}}` })
    const ended = await millrace(['try', 'python_lambda_mapper', '--params', params], { input: '{"text": "x"}\n', env })
    expect(JSON.parse(ended.stdout)).toMatchObject({ documents: [{ text: 'yesNone' }] })
  })

  test('does not find them from a module in the thread of the operators', async () => {
    const directory = scratchDirectory()
    const contract = pathToFileURL('topologies/operator.ts').href
    const parameters = pathToFileURL('topologies/parameters.ts').href
    writeFileSync(join(directory, 'in.jsonl'), '{"text": "x"}\n')
    writeFileSync(
      join(directory, 'spy.ts'),
      `import { defineTextMapper } from '${contract}'
      import { commonParameters } from '${parameters}'
      export default defineTextMapper({
        name: 'spy_mapper', summary: 'Looks around.', parameters: commonParameters, examples: [],
        create: () => () => String(process.env.INHERITED) + String(process.env.MILLRACE_KAFKA_SASL_PASSWORD),
      })`,
    )
    writeFileSync(join(directory, 'recipe.yaml'), 'stream: {allow_code: true}\nprocess:\n  - ./spy.ts:\n')
    const args = ['run', 'recipe.yaml', '--input', 'in.jsonl', '--output', '-', '--broker', 'memory']
    const ended = await millrace(args, { directory, env })
    expect(ended.stdout).toBe('{"text": "yesundefined"}\n')
  })
})

const kafka = await securedKafka()
afterAll(() => kafka?.close())

describe.skipIf(!kafka)('no output, log or state file holds a password', { timeout: 120_000 }, () => {
  if (!kafka) return
  const home = scratchDirectory()
  const recipe = join(home, 'recipe.yaml')
  const input = join(home, 'in.jsonl')
  const user = kafka.users[0] ?? ''
  const password = kafka.passwordOf(user)
  /** The loudest that a log can be. */
  const settings = { ...kafka.settings(user), MILLRACE_HOME: home, MILLRACE_LOG: 'trace', MILLRACE_DEBUG: '1' }

  beforeAll(async () => {
    writeFileSync(recipe, `stream: {name: ${user}}\nprocess:\n  - text_length_filter: {min_len: 5}\n`)
    writeFileSync(input, '{"text": "A mill stands here."}\nbroken\n')
    await kafka.allow(`User:${user}`, rightsOf(user))
  })

  const commands: [string, string[]][] = [
    ['run', ['run', recipe, '--input', input, '--output', join(home, 'out.jsonl'), '--json']],
    ['produce', ['produce', recipe, '--input', input, '--json']],
    ['up', ['up', recipe]],
    ['status', ['status', recipe]],
    ['dead-letters', ['dead-letters', 'list', recipe, '--json']],
    ['export', ['export', recipe, '--output', join(home, 'parts')]],
    ['down', ['down', user]],
    ['worker', ['worker', recipe, '--stage', 'none']],
  ]

  function outputs(ended: Ended): string {
    return `${ended.stdout}\n${ended.stderr}\n${filesBelow(home).join('\n')}`
  }

  test.each(commands)('of %s', async (name, args) => {
    const where = ['run', 'produce', 'up', 'worker'].includes(name) ? ['--broker', kafka.address.sasl] : []
    const ended = await millrace([...args, ...where], { env: { ...settings, MILLRACE_BROKERS: kafka.address.sasl } })
    expect([name, ended.code, ended.code === 0 ? '' : ended.stderr.slice(-500)]).toEqual([
      name,
      name === 'worker' ? 2 : 0,
      expect.anything(),
    ])
    expect(outputs(ended)).not.toContain(password)
  })

  test.each(commands.filter(([name]) => !['down', 'up'].includes(name)))('of %s that fails', async (_, args) => {
    const env = { ...settings, MILLRACE_BROKERS: kafka.address.sasl, MILLRACE_KAFKA_SASL_PASSWORD: CANARY }
    const ended = await millrace(args, { env })
    expect(ended.code).not.toBe(0)
    for (const form of FORMS) expect(outputs(ended)).not.toContain(form)
  })

  test('of a run with the password where the address should be', async () => {
    const secret = 'canary-as-a-host'
    const env = { ...settings, MILLRACE_KAFKA_SASL_PASSWORD: secret }
    const ended = await millrace(['run', recipe, '--input', input, '--broker', `${secret}:9092`, '--json'], { env })
    expect(ended.stderr).toContain('***:9092')
    expect(JSON.parse(ended.stdout)).toMatchObject({ error: { message: expect.stringContaining('***:9092') } })
    expect(outputs(ended)).not.toContain(secret)
  })

  test('of a run whose registry refuses the user', async () => {
    const env = { ...settings, MILLRACE_REGISTRY: `http://ann:${encodeURIComponent(CANARY)}@127.0.0.1:9` }
    const ended = await millrace(['run', recipe, '--input', input, '--broker', 'memory', '--json'], { env })
    expect(ended.code).toBe(1)
    expect(ended.stderr).toContain('registry')
    for (const form of FORMS) expect(outputs(ended)).not.toContain(form)
  })
})

function rightsOf(pipeline: string): Right[] {
  const topics = (['Create', 'Read', 'Write', 'Delete'] as const).map(
    (operation): Right => ({ operation, on: 'topic', name: `${pipeline}.*` }),
  )
  return [
    ...topics,
    { operation: 'Read', on: 'group', name: `${pipeline}.*` },
    { operation: 'Write', on: 'transactional id', name: `${pipeline}.*` },
  ]
}

/** Contents of all files, but for the test's own. */
function filesBelow(directory: string): string[] {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
}
