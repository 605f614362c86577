import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Broker } from '../../../services/brokers/broker.ts'
import { connectKafka } from '../../../services/brokers/kafka/kafka.ts'
import { javaAvailable } from '../../../services/brokers/local/java.ts'
import { jsonLines, millrace } from '../../support/command-line.ts'
import { testKafka } from '../../support/kafka.ts'
import { quiet, topologyOf } from '../../support/pipelines.ts'
import { folder, refreshOf } from '../../support/refreshes/refresh-of.ts'

const run = promisify(execFile)
const EXAMPLES = fileURLToPath(new URL('../../../infra/examples', import.meta.url))
const SCHEMA = fileURLToPath(new URL('../../../schemas/document.avsc', import.meta.url))
const PYTHON = process.env.MILLRACE_PYTHON ?? 'python3'

const kafka = await testKafka()
const java = kafka !== null && (await javaAvailable())
const python = kafka !== null && (await pythonAvailable())
if (kafka && !python)
  console.info(`The Python example is not run: ${PYTHON} has not both confluent-kafka and fastavro (MILLRACE_PYTHON).`)
if (kafka && !java) console.info('The Java example is not run: no Java 17 with Maven.')

async function pythonAvailable(): Promise<boolean> {
  return run(PYTHON, ['-c', 'import confluent_kafka, fastavro']).then(
    () => true,
    () => false,
  )
}

/** What other languages may read otherwise: the edges of Unicode and of numbers, and what is internal. */
const ODD = [
  '{"text":"Grüße aus 北京 🙂","number":1.5,"nested":{"a":[1,2,{"b":null}]}}',
  '{"text":"half of a pair \\ud83d here","meta":"\\u0000 and \\" and \\\\"}',
  '{"__dj__hash":"internal","text":"a line\\nand a tab\\t","large":12345678901234567890}',
  '{"first":"before the text","text":"","last":true}',
]

describe.skipIf(!kafka)('examples of consumers in other languages', { timeout: 240_000 }, () => {
  const pipeline = `examples-${Date.now().toString(36)}`
  const brokers = kafka?.brokers.join(',') ?? ''
  let broker: Broker
  let expected: string[]
  beforeAll(async () => {
    broker = await connectKafka({ brokers: kafka?.brokers ?? [], logger: quiet })
    const recipe = `stream: {name: ${pipeline}, partitions: 3, transaction_bytes: 1KiB}\nprocess: [text_length_filter: {min_len: 0}]`
    const setting = { broker, topology: topologyOf(recipe), stores: folder() }
    const base = folder()
    const plain = Array.from({ length: 1_000 }, (_, i) => JSON.stringify({ text: `document ${i}` }))
    const months = { october: [...ODD, ...plain], november: ['{"text":"of the next month"}'] }
    for (const [name, lines] of Object.entries(months)) {
      await refreshOf(setting, { name, files: { [`${name}.jsonl`]: lines }, directory: join(base, name) })
    }
    const attached = await millrace(['attach', pipeline, '--refresh', 'october', '--broker', brokers])
    expected = sorted(attached.stdout)
    expect(expected).toHaveLength(ODD.length + plain.length)
  })
  afterAll(async () => {
    const topics = await broker.topics()
    await broker.deleteTopics(topics.filter((topic) => topic.startsWith(pipeline)))
    await broker.close()
  })

  /** The values of the lines: what stands there, however it is spelt, in one order. */
  const sorted = (output: string) =>
    jsonLines(output)
      .map((value) => JSON.stringify(value))
      .sort()

  test('the one in TypeScript writes a record for each document, once for its group', async () => {
    const target = `${pipeline}.lengths`
    await broker.createTopics([{ topic: target, partitions: 1 }])
    const script = join(EXAMPLES, 'typescript', 'copy.ts')
    const copy = () =>
      run(process.execPath, ['--disable-warning=ExperimentalWarning', script, brokers, pipeline, 'october', target])
    expect((await copy()).stdout).toBe(`${expected.length} records written\n`)
    expect((await copy()).stdout).toBe('0 records written\n')
    let records = 0
    for await (const batch of broker.read(target, { until: 'end' })) records += batch.records.length
    expect(records).toBe(expected.length)
  })

  test.skipIf(!python)('the one in Python prints what attach prints, once for its group', async () => {
    const script = join(EXAMPLES, 'python', 'attach.py')
    const read = (group: string, ...more: string[]) =>
      run(PYTHON, [script, brokers, pipeline, '--group', `${pipeline}.${group}`, ...more], { maxBuffer: 2 ** 26 })
    const refresh = ['--refresh', 'october']
    expect(sorted((await read('python', ...refresh)).stdout)).toEqual(expected)
    expect((await read('python', ...refresh)).stdout).toBe('')
    await expect(read('python', '--refresh', 'december')).rejects.toThrow('has no refresh december')
    const parts = [await read('parts', '--limit', '100'), await read('parts', '--limit', String(ODD.length + 901))]
    const all = parts.flatMap(({ stdout }) => sorted(stdout))
    expect(all.sort()).toEqual([...expected, '{"text":"of the next month"}'].sort())
  })

  test.skipIf(!java)('the one in Java prints what attach prints, once for its group', async () => {
    const jars = join(folder(), 'jars')
    const pom = join(EXAMPLES, 'java', 'pom.xml')
    await run('mvn', ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${jars}`])
    const args = ['-cp', join(jars, '*'), join(EXAMPLES, 'java', 'Attach.java'), SCHEMA, brokers, pipeline]
    const read = () => run('java', [...args, `${pipeline}.java`, 'october'], { maxBuffer: 2 ** 26 })
    expect(sorted((await read()).stdout)).toEqual(expected)
    expect((await read()).stdout).toBe('')
  })
})
