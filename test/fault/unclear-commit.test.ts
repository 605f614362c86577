import { expect, test } from 'vitest'
import { memoryBroker } from '../../services/brokers/memory/memory.ts'
import { rawIds, readFates, violations } from '../support/fates.ts'
import { flakyBroker } from '../support/flaky-broker.ts'
import { codec, inlineLauncher, runLines, topologyOf } from '../support/pipelines.ts'
import { random } from '../support/random.ts'

const recipe = `
stream: {name: unclear, partitions: 3, replicas: 2, transaction_bytes: 1KiB, cut_before: [words_num_filter]}
process:
  - clean_email_mapper:
  - text_length_filter: {min_len: 10}
  - words_num_filter: {min_num: 3}
`

test.each([1, 2, 3])(
  'when answers to commits are lost, of feeder and workers, each document still has one fate (seed %i)',
  async (seed) => {
    const lines = Array.from({ length: 600 }, (_, i) =>
      i % 13 === 0 ? '{"text": "cut' : JSON.stringify({ text: `number ${i} ${'more words '.repeat(i % 4)}` }),
    )
    const happened = { yes: 0, no: 0 }
    const inner = memoryBroker()
    const broker = flakyBroker(inner, {
      share: 0.3,
      next: random(seed),
      onUnclear: (yes) => happened[yes ? 'yes' : 'no']++,
    })
    const topology = topologyOf(recipe)
    const { report, output } = await runLines(broker, topology, lines, inlineLauncher(broker, topology))

    expect(happened.yes).toBeGreaterThan(2)
    expect(happened.no).toBeGreaterThan(2)
    expect(report).toMatchObject({ input: lines.length, balanced: true })
    expect(violations(await rawIds(inner, topology), await readFates(inner, topology, codec))).toEqual({
      lost: [],
      doubled: [],
      invented: [],
    })

    const calm = memoryBroker()
    const undisturbed = await runLines(calm, topology, lines, inlineLauncher(calm, topology))
    expect(output).toEqual(undisturbed.output)
  },
  120_000,
)
