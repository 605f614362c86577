import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectKafka } from '../../../services/brokers/kafka/kafka.ts'
import { millrace, scratchDirectory } from '../../support/command-line.ts'
import { rejectionOf } from '../../support/failures.ts'
import { inlineLauncher, type Outcome, runLines, topologyOf } from '../../support/pipelines.ts'
import { type Right, securedKafka } from '../../support/secured-kafka.ts'

const kafka = await securedKafka()
afterAll(() => kafka?.close())

/** The table of rights as the document gives it to those who set them. */
function documentedRights(pipeline: string): Right[] {
  const rows = readFileSync('infra/SECURITY.md', 'utf8').matchAll(
    /^\| (Read|Write|Create|Delete) \| (topic|group|transactional id) \| `([^`]+)` \|/gm,
  )
  return [...rows].map(([, operation, on, name = '']) => ({
    operation: operation as Right['operation'],
    on: on as Right['on'],
    name: name.replace('<pipeline>', pipeline),
  }))
}

describe.skipIf(!kafka)('a user with the documented rights', () => {
  if (!kafka) return
  const free = [...kafka.users]
  const newUser = () => free.shift() ?? ''
  const recipeOf = (pipeline: string) =>
    `stream: {name: ${pipeline}, partitions: 2, transaction_bytes: 4096}\nprocess:\n  - whitespace_normalization_mapper:\n  - text_length_filter: {min_len: 5}\n`
  const lines = ['{"text": "A mill\\u00a0stands here."}', '{"text": "no"}', 'broken']

  /** Runs a pipeline of two stages as this user, all of it in this process. */
  async function runAs(user: string, pipeline: string, fed = lines): Promise<Outcome> {
    const broker = await connectKafka({ brokers: [kafka?.address.sasl ?? ''], env: kafka?.settings(user) ?? {} })
    try {
      const topology = topologyOf(recipeOf(pipeline), { isolate: true })
      return await runLines(broker, topology, fed, inlineLauncher(broker, topology))
    } finally {
      await broker.close()
    }
  }

  test('runs a pipeline end to end', async () => {
    const user = newUser()
    await kafka.allow(`User:${user}`, documentedRights(user))
    const { report } = await runAs(user, user)
    expect(report).toMatchObject({ input: 3, output: 1, rejected: 1, dead_letters: 1, balanced: true })
  })

  test('may be a client certificate', async () => {
    await kafka.allow(kafka.certificatePrincipal, documentedRights('by-certificate'))
    const { files, address } = kafka
    const env = {
      MILLRACE_KAFKA_CA_FILE: files.ca,
      MILLRACE_KAFKA_CERT_FILE: files.clientCertificate,
      MILLRACE_KAFKA_KEY_FILE: files.clientKey,
    }
    const broker = await connectKafka({ brokers: [address.mutual], env })
    const topology = topologyOf(recipeOf('by-certificate'))
    const { report } = await runLines(broker, topology, lines, inlineLauncher(broker, topology))
    expect(report).toMatchObject({ input: 3, balanced: true })
    await broker.close()
  })

  test.each(documentedRights('').map((right, i): [string, string, number] => [right.operation, right.on, i]))(
    'but without %s on %s is told so',
    async (operation, on, missing) => {
      const user = newUser()
      await kafka.allow(`User:${user}`, documentedRights(user).toSpliced(missing, 1))
      const started = Date.now()
      const failure = await rejectionOf(runAs(user, user))
      // Who may write to no topic at all is refused before a topic is named.
      const where = operation === 'Write' && on === 'topic' ? 'any topic' : `${on} ${user}.`
      expect(failure.message).toContain(`refuses the user "${user}" the right ${operation} on ${where}`)
      expect(failure.message).toContain('infra/SECURITY.md')
      expect(failure.code).toBe('broker_denied')
      expect(Date.now() - started).toBeLessThan(20_000)
    },
  )

  const single: [Right['operation'], string][] = [
    ['Write', 'raw'],
    ['Read', 'raw'],
    ['Write', 'refined'],
    ['Read', 'refined'],
    ['Write', 'rejected'],
    ['Write', 'dead-letters'],
    ['Write', 'ledger'],
    ['Read', 'ledger'],
  ]
  test.each(single)('but without %s on its topic %s is told so', async (operation, topic) => {
    const user = newUser()
    await kafka.allow(`User:${user}`, documentedRights(user))
    await kafka.deny(`User:${user}`, [{ operation, on: 'topic', name: `${user}.${topic}` }])
    const failure = await rejectionOf(runAs(user, user))
    expect(failure.message).toContain(`the right ${operation} on topic ${user}.${topic},`)
    expect(failure.code).toBe('broker_denied')
  })

  test('loses nothing when a right is taken away and given back', async () => {
    const user = newUser()
    await kafka.allow(`User:${user}`, documentedRights(user))
    await kafka.deny(`User:${user}`, [{ operation: 'Write', on: 'topic', name: `${user}.rejected` }])
    expect((await rejectionOf(runAs(user, user))).code).toBe('broker_denied')
    await kafka.forgive(`User:${user}`)
    const { fates } = await runAs(user, user, [])
    expect(fates.map(({ kind }) => kind).sort()).toEqual(['dead letter', 'refined', 'rejected'])
  })

  test('uses topics that somebody else has created, when it may not create any', async () => {
    const user = newUser()
    const creates = ({ operation }: Right) => operation === 'Create'
    await kafka.allow(
      `User:${user}`,
      documentedRights(user).filter((right) => !creates(right)),
    )
    const administrator = await connectKafka({ brokers: [kafka.address.open], env: {} })
    const { channels } = topologyOf(recipeOf(user), { isolate: true })
    await administrator.createTopics(channels)
    await administrator.close()
    expect((await runAs(user, user)).report).toMatchObject({ input: 3, balanced: true })
  })

  describe('on the command line', () => {
    const directory = scratchDirectory()
    const input = join(directory, 'in.jsonl')
    beforeAll(() => writeFileSync(input, `${lines.join('\n')}\n`))

    function command(user: string): ReturnType<typeof millrace> {
      const recipe = join(directory, `${user}.yaml`)
      writeFileSync(recipe, recipeOf(user))
      const args = ['run', recipe, '--input', input, '--output', '-', '--broker', kafka?.address.sasl ?? '']
      return millrace(args, { env: { ...kafka?.settings(user), MILLRACE_HOME: directory } })
    }

    test('runs a pipeline in processes of its own', async () => {
      const user = newUser()
      await kafka.allow(`User:${user}`, documentedRights(user))
      const ended = await command(user)
      expect(ended.stderr).toContain('balance')
      expect(ended.code).toBe(0)
    })

    test('stops once for all when a worker is refused, with exit code 1 and one sentence', async () => {
      const user = newUser()
      await kafka.allow(`User:${user}`, documentedRights(user))
      await kafka.deny(`User:${user}`, [{ operation: 'Write', on: 'topic', name: `${user}.refined` }])
      const ended = await command(user)
      expect(
        ended.stderr
          .trimEnd()
          .split('\n')
          .filter((line) => line.startsWith('millrace:')),
      ).toEqual([expect.stringContaining(`the right Write on topic ${user}.refined`)])
      expect(ended.stderr).not.toContain('started again')
      expect(ended.code).toBe(1)
    })
  })
})
