import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, test } from 'vitest'
import { connectKafka } from '../../../services/brokers/kafka/kafka.ts'
import { type Ended, jsonLines, millrace, scratchDirectory } from '../../support/command-line.ts'
import { testKafka } from '../../support/kafka.ts'

const kafka = await testKafka()
const directory = scratchDirectory()
const pipeline = `cli-${Date.now().toString(36)}`
const env = { MILLRACE_HOME: join(directory, 'home'), MILLRACE_BROKERS: kafka?.brokers.join(',') ?? '' }
const GOOD = 1_500

function command(...args: string[]): Promise<Ended> {
  return millrace(args, { directory, env })
}

function write(name: string, ...lines: (string | Buffer)[]): void {
  writeFileSync(
    join(directory, name),
    Buffer.concat(lines.map((line) => Buffer.concat([Buffer.from(line), Buffer.from('\n')]))),
  )
}

write(
  'recipe.yaml',
  `project_name: ${pipeline}`,
  'process:',
  '  - clean_email_mapper:',
  '  - text_length_filter: {min_len: 8}',
  'stream: {partitions: 2}',
)
const good = Array.from({ length: GOOD }, (_, i) => JSON.stringify({ text: `number ${i} of a@b.org`, i }))
write('in.jsonl', ...good, '{"text":"short"}', Buffer.concat([Buffer.from('{broken \u001b[31m'), Buffer.of(0xff)]))

interface Status {
  running: boolean
  services: { stage: string; state: string; pid: number; restarts: number }[]
  stages: { name: string; lag: number }[]
  account: {
    input: number
    output: number
    rejected: number
    dead_letters: number
    replayed: number
    balanced: boolean
    under_way: number
  }
}

async function status(): Promise<Status> {
  return JSON.parse((await command('status', pipeline, '--json')).stdout)
}

/** Looks again until the pipeline has taken in so many documents and nothing waits. */
async function settled(input: number): Promise<Status> {
  for (;;) {
    const found = await status()
    if (found.account.input >= input && found.stages.every(({ lag }) => lag === 0)) return found
    await sleep(200)
  }
}

afterAll(async () => {
  if (!kafka) return
  await command('down', pipeline)
  const broker = await connectKafka({ brokers: kafka.brokers })
  await broker.deleteTopics((await broker.topics()).filter((topic) => topic.startsWith(`${pipeline}.`)))
  await broker.close()
})

describe.skipIf(!kafka)('a pipeline as local services', () => {
  test('is up when all of its services work, and is refused a second time', async () => {
    const up = await command('up', 'recipe.yaml', '--isolate', '--json')
    expect(up).toMatchObject({ code: 0, stderr: '' })
    expect(JSON.parse(up.stdout)).toMatchObject({
      pipeline,
      services: [{ stage: '01-clean-email-mapper' }, { stage: '02-text-length-filter' }],
    })
    const found = await status()
    expect(found.running).toBe(true)
    expect(found.services.map(({ state }) => state)).toEqual(['ready', 'ready'])
    const again = await command('up', 'recipe.yaml')
    expect(again.code).toBe(2)
    expect(again.stderr).toContain(`millrace down ${pipeline}`)
  })

  test('takes what is produced, and accounts for all of it', async () => {
    const produced = await command('produce', 'recipe.yaml', '--input', 'in.jsonl', '--json')
    expect(JSON.parse(produced.stdout)).toMatchObject({ pipeline, topic: `${pipeline}.raw`, records: GOOD + 2 })
    const { account } = await settled(GOOD + 2)
    expect(account).toMatchObject({
      input: GOOD + 2,
      output: GOOD,
      rejected: 1,
      dead_letters: 1,
      balanced: true,
      under_way: 0,
    })
  })

  test('feeds nothing twice when producing is resumed', async () => {
    const resumed = await command('produce', 'recipe.yaml', '--input', 'in.jsonl', '--resume', '--json')
    expect(JSON.parse(resumed.stdout)).toMatchObject({ records: 0, resumed_behind: `in.jsonl:${GOOD + 2}` })
    const other = await command('produce', 'recipe.yaml', '--input', 'recipe.yaml', '--resume')
    expect(other).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(`in.jsonl:${GOOD + 2}`) })
    expect((await settled(GOOD + 2)).account).toMatchObject({ input: GOOD + 2 })
  })

  test('shows its dead letters, whole and harmless', async () => {
    const list = JSON.parse((await command('dead-letters', 'list', pipeline, '--json')).stdout)
    expect(list).toMatchObject({ count: 1, dead_letters: [{ code: 'utf8_invalid', source: `in.jsonl:${GOOD + 2}` }] })
    const [{ id }] = list.dead_letters
    const shown = await command('dead-letters', 'show', pipeline, id)
    expect(shown.stdout).toContain('{broken \\x1b[31m\\xff')
    expect((await command('dead-letters', 'list', pipeline, '--code', 'json_broken', '--json')).stdout).toContain(
      '"count":0',
    )
    expect((await command('dead-letters', 'show', pipeline, '0-999999')).code).toBe(2)
  })

  test('lets a dead letter go on while it is up, and counts the attempt when that fails again', async () => {
    const replayed = await command('dead-letters', 'replay', pipeline, '--code', 'utf8_invalid')
    expect(replayed).toMatchObject({ code: 0, stdout: expect.stringContaining('1 replayed') })
    expect(replayed.stdout).toContain('The services take them now')
    const outstanding = async () => JSON.parse((await command('dead-letters', 'list', pipeline, '--json')).stdout)
    let list = await outstanding()
    while (list.count === 0) list = await outstanding()
    expect(list).toMatchObject({ count: 1, dead_letters: [{ code: 'utf8_invalid', attempts: 2 }] })
    await command('dead-letters', 'discard', pipeline, '--all')
    const { account } = await settled(GOOD + 2)
    expect(account).toMatchObject({ input: GOOD + 2, replayed: 1, dead_letters: 2, balanced: true })
  })

  test('is exported once, however often it is exported', async () => {
    const first = JSON.parse((await command('export', pipeline, '--output', 'refined', '--json')).stdout)
    const again = JSON.parse((await command('export', 'recipe.yaml', '--output', 'refined', '--json')).stdout)
    expect([first.records, again.records]).toEqual([GOOD, 0])
    const lines = readdirSync(join(directory, 'refined')).flatMap((name) =>
      jsonLines(readFileSync(join(directory, 'refined', name), 'utf8')),
    )
    const numbers = lines.map((line) => (line as { i: number }).i).sort((a, b) => a - b)
    expect(numbers).toEqual(Array.from({ length: GOOD }, (_, i) => i))
  })

  test('starts a service again that was killed, says so, and goes on', async () => {
    const [victim] = (await status()).services
    if (victim) process.kill(victim.pid, 'SIGKILL')
    let found = await status()
    while (found.services[0]?.restarts === 0) found = await status()
    expect(found.services[0]).toMatchObject({ restarts: 1 })
    expect((await command('status', pipeline)).stdout).toContain('was started again 1 time')
    await command('produce', 'recipe.yaml', '--input', 'in.jsonl')
    const { account } = await settled(2 * (GOOD + 2))
    expect(account).toMatchObject({ input: 2 * (GOOD + 2), output: 2 * GOOD, balanced: true })
  }, 120_000)

  test('is down after it has drained, with nothing left running', async () => {
    const { services } = await status()
    const down = await command('down', pipeline, '--json')
    expect(JSON.parse(down.stdout)).toMatchObject({ pipeline, stopped: true })
    for (const { pid } of services) expect(() => process.kill(pid, 0)).toThrow('ESRCH')
    expect(await command('down', pipeline)).toMatchObject({ code: 0, stdout: `${pipeline} is not up here.\n` })
    expect((await command('status', 'recipe.yaml', '--isolate')).stdout).toContain('not up on this machine')
  })

  test('in the foreground ends at Ctrl-C with nothing left running', async () => {
    const ended = await millrace(['up', 'recipe.yaml', '--foreground'], {
      directory,
      env,
      interrupt: { signal: 'SIGINT', after: 6_000 },
    })
    expect(ended.stdout).toContain('is up on')
    expect(ended.code).toBe(0)
    expect((await command('down', pipeline, '--json')).stdout).toContain('"stopped":false')
  })

  test('that was never there is told from those that are', async () => {
    const { code, stderr } = await command('dead-letters', 'list', `${pipeline}-typo`)
    expect(code).toBe(1)
    expect(stderr).toContain(pipeline)
  })
})
