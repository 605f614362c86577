import { describe, expect, test } from 'vitest'
import { memoryBroker } from '../../../services/brokers/memory/memory.ts'
import { type DatasetVector, datasetsOf, recordedDatasetOperators } from '../../support/datasets.ts'
import { inlineLauncher, type PlanVariant, runLines, topologyOf } from '../../support/pipelines.ts'

const VARIANTS: PlanVariant[] = [
  { partitions: 1 },
  { partitions: 3, replicas: 2 },
  { partitions: 4, isolate: true },
  { partitions: 7, replicas: 3, isolate: true },
]
/** Data sets of each operator that are run. */
const RUNS = 40

/** In a pipeline a sample without a text is set aside at the door, so it is no part of the data set. */
function hasTexts({ inputs }: DatasetVector): boolean {
  return inputs.length > 1 && inputs.every((sample) => 'text' in sample && typeof sample.text === 'string')
}

/** Data sets of an operator, spread over all that are recorded. */
function chosen(operator: string): DatasetVector[] {
  const fit = datasetsOf(operator).filter(hasTexts)
  const step = Math.max(1, Math.floor(fit.length / RUNS))
  return fit.filter((_, i) => i % step === 0)
}

describe.each(recordedDatasetOperators())('%s in a pipeline', (operator) => {
  test('keeps of a data set what Data-Juicer keeps, however it is parted', { timeout: 120_000 }, async () => {
    const vectors = chosen(operator)
    expect(vectors.length).toBeGreaterThan(5)
    for (const [i, { parameters, inputs, expected }] of vectors.entries()) {
      const topology = topologyOf(
        JSON.stringify({ process: [{ [operator]: parameters }] }),
        VARIANTS[i % VARIANTS.length],
      )
      const broker = memoryBroker()
      const { report, output } = await runLines(
        broker,
        topology,
        inputs.map((sample) => JSON.stringify(sample)),
        inlineLauncher(broker, topology),
      )
      expect(report.balanced).toBe(true)
      const kept = expected.flatMap(({ documents }) => documents)
      expect(output.map((line) => JSON.parse(line))).toEqual(kept)
      await broker.close()
    }
  })
})
