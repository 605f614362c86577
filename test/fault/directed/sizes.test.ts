import { expect, test } from 'vitest'
import { memoryBroker } from '../../../services/brokers/memory/memory.ts'
import type { Topology } from '../../../topologies/topology.ts'
import { codec, inlineLauncher, runLines, topologyOf } from '../../support/pipelines.ts'

/** The topology with topics that take records of this size. Bytes. */
function narrowed(topology: Topology, bytes: number): Topology {
  const channels = topology.channels.map((channel) => {
    const story = channel.kind === 'dead_letters' ? 2 ** 20 : 0
    return { ...channel, config: { ...channel.config, 'max.message.bytes': String(bytes + story) } }
  })
  return { ...topology, channels }
}

const GROWING = `
  - replace_content_mapper: {pattern: grow, repl: ${'grown '.repeat(200)}}
`

async function run(source: string) {
  const broker = memoryBroker()
  const topology = narrowed(topologyOf(source), 100 * 1024)
  const lines = Array.from({ length: 60 }, (_, i) =>
    JSON.stringify({ text: `${i} ${'grow '.repeat(i % 20 === 7 ? 60 : 1)}` }),
  )
  const outcome = await runLines(broker, topology, lines, inlineLauncher(broker, topology))
  const letters: string[] = []
  for await (const { records } of broker.read(topology.topics.deadLetters, { until: 'end' })) {
    for (const { headers, value } of records) {
      const { operator, code } = codec.decodeDeadLetter(headers['millrace.dead-letter'] ?? Buffer.alloc(0))
      letters.push(`${operator} ${code} ${value?.subarray(0, 11)}`)
    }
  }
  return { ...outcome, letters: letters.sort() }
}

test.each(['', 'cut_before: [words_num_filter]'])(
  'a document that grows beyond what a topic takes is set aside as it came, and its neighbours pass (%s)',
  async (cut) => {
    const { report, letters } = await run(
      `stream: {name: sizes, partitions: 1, transaction_bytes: 2KiB, ${cut}}\nprocess:${GROWING}  - words_num_filter: {min_num: 1}\n`,
    )
    const last = cut ? 'replace_content_mapper' : 'words_num_filter'
    expect(report).toMatchObject({ input: 60, output: 57, dead_letters: 3, balanced: true })
    expect(letters).toEqual(['27', '47', '7 '].map((start) => `${last} document_too_large {"text":"${start}`))
  },
)

test('so is one that has grown when it is rejected', async () => {
  const { report, letters } = await run(
    `stream: {name: sizes, partitions: 1}\nprocess:${GROWING}  - words_num_filter: {max_num: 500}\n`,
  )
  expect(report).toMatchObject({ input: 60, output: 57, rejected: 0, dead_letters: 3, balanced: true })
  expect(letters.every((letter) => letter.startsWith('words_num_filter document_too_large'))).toBe(true)
})
