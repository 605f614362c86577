import { parseArgs } from 'node:util'
import { catalog } from '../../services/operators/catalog.ts'
import { classify } from '../../topologies/failure.ts'
import { type DatasetOperatorDefinition, isOfDataset } from '../../topologies/operator.ts'
import { datasetDifferences, isRefused, runDataset } from '../support/datasets.ts'
import { random } from '../support/random.ts'
import type { Sample, Verdict } from '../support/vectors.ts'
import { DATASETS, type Dataset } from './dataset-grammar.ts'
import { theirs } from './oracle.ts'

/**
 * Holds operators of whole data sets against Data-Juicer itself on random data sets and parameters, and shrinks what differs.
 *   MILLRACE_ORACLE=PROGRAM MILLRACE_ASSETS=DIR node test/differential/fuzz-datasets.ts [OPERATOR…] [--minutes N] [--seed N]
 * The oracle is called as for infra/vectors/record.mjs. Ends with 1 when something differed.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { minutes: { type: 'string', default: '10' }, seed: { type: 'string', default: '1' } },
})
const next = random(Number(values.seed))
const MOST_SAMPLES = 120
const end = Date.now() + Number(values.minutes) * 60_000

/** Ours, or null where we refuse the parameters: what Data-Juicer makes of those is not compared. */
function ours(operator: DatasetOperatorDefinition, { parameters, inputs }: Dataset): Verdict[] | null {
  try {
    return runDataset(operator, parameters, inputs)
  } catch (thrown) {
    if (['parameters_invalid', 'asset_missing'].includes(classify(thrown).code)) return null
    throw thrown
  }
}

type Outcome = 'refused' | 'same' | { differences: string[] }

function compared(operator: DatasetOperatorDefinition, dataset: Dataset): Outcome {
  const given = ours(operator, dataset)
  if (!given) return 'refused'
  const expected = theirs(operator.name, dataset.parameters, dataset.inputs)
  if (isRefused(expected)) return 'refused'
  const differences = datasetDifferences(given, expected)
  return differences.length === 0 ? 'same' : { differences }
}

/** The data set with samples taken out for as long as it still differs. */
function shrunk(operator: DatasetOperatorDefinition, found: Dataset): Dataset {
  let least = found
  for (let parts = 2; parts <= 32 && parts <= least.inputs.length && Date.now() < end; ) {
    const smaller = parted(least.inputs, parts).find(
      (inputs) => typeof compared(operator, { ...least, inputs }) === 'object',
    )
    if (smaller) least = { ...least, inputs: smaller }
    else parts *= 2
  }
  return least
}

/** The samples without their first part, without their second one … */
function parted(inputs: Sample[], parts: number): Sample[][] {
  const size = Math.ceil(inputs.length / parts)
  return Array.from({ length: parts }, (_, i) => [
    ...inputs.slice(0, i * size),
    ...inputs.slice((i + 1) * size),
  ]).filter((some) => some.length > 1 && some.length < inputs.length)
}

const makers = Object.entries(DATASETS).filter(([name]) => positionals.length === 0 || positionals.includes(name))
const seen = new Map<string, { same: number; refused: number; different: number; documents: number }>()
while (Date.now() < end) {
  for (const [name, make] of makers) {
    if (Date.now() >= end) break
    const operator = catalog.get(name)
    if (!operator || !isOfDataset(operator)) throw new Error(`${name} is no operator of whole data sets.`)
    const count = seen.get(name) ?? { same: 0, refused: 0, different: 0, documents: 0 }
    seen.set(name, count)
    const dataset = make(next, 2 + Math.floor(next() * MOST_SAMPLES))
    const outcome = compared(operator, dataset)
    if (outcome === 'refused') count.refused++
    else count.documents += dataset.inputs.length
    if (outcome === 'same') count.same++
    if (typeof outcome !== 'object') continue
    count.different++
    const { parameters, inputs } = shrunk(operator, dataset)
    const what = outcome.differences[0]?.slice(0, 300)
    console.log(`${name} ${JSON.stringify(parameters)} ${JSON.stringify(inputs).slice(0, 2000)}: ${what}`)
  }
}
console.table(Object.fromEntries(seen))
process.exitCode = [...seen.values()].some(({ different }) => different > 0) ? 1 : 0
