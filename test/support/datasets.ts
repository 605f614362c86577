import { readdirSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { operatorContext } from '../../services/cli/operator-context.ts'
import { datasetTrial } from '../../services/cli/trial/dataset-trial.ts'
import { readParameters } from '../../services/cli/trial/operator-trial.ts'
import {
  type DatasetOperatorDefinition,
  type Example,
  isOfDataset,
  type OperatorDefinition,
} from '../../topologies/operator.ts'
import { differenceOf, runAnyOperator, type Sample, type Verdict } from './vectors.ts'

/** Data-Juicer's recorded answer to a whole data set. */
export interface DatasetVector {
  parameters: Record<string, unknown>
  inputs: Sample[]
  expected: Verdict[]
}

const VECTORS = new URL('../vectors/', import.meta.url)
const SUFFIX = '.datasets.jsonl.gz'

/** Names of the operators of whole data sets that have recorded vectors. */
export function recordedDatasetOperators(): string[] {
  return readdirSync(VECTORS)
    .filter((file) => file.endsWith(SUFFIX))
    .map((file) => file.slice(0, -SUFFIX.length))
}

/** The recorded data sets of an operator. */
export function datasetsOf(operator: string): DatasetVector[] {
  const lines = gunzipSync(readFileSync(new URL(operator + SUFFIX, VECTORS))).toString()
  return lines
    .trimEnd()
    .split('\n')
    .map((line): DatasetVector => JSON.parse(line))
}

/** An operator tried on a data set as `millrace try` does it. Throws Failure for parameters that are refused. */
export function runDataset(
  definition: DatasetOperatorDefinition,
  parameters: Record<string, unknown>,
  samples: Sample[],
): Verdict[] {
  const checked = readParameters(definition, JSON.stringify(parameters))
  const trial = datasetTrial(definition, checked, {
    catalog: new Map([[definition.name, definition]]),
    context: operatorContext('test/support/assets', { files: false, code: false, downloads: false, endpoints: false }),
    maxDepth: 512,
  })
  return trial(samples.map((sample) => Buffer.from(JSON.stringify(sample)))).map((line) => JSON.parse(line.toString()))
}

/** What two answers to a data set differ in, by line, for people. */
export function datasetDifferences(given: Verdict[], expected: Verdict[]): string[] {
  return expected.flatMap((verdict, i) => {
    const ours = given[i]
    const difference = ours ? differenceOf(ours, verdict) : 'missing'
    return difference === null ? [] : [`line ${i + 1}: ${difference}`]
  })
}

/** Data-Juicer could not work on the data set at all, or not with these parameters: what we make of that is not compared. */
export function isRefused(expected: (Verdict & { error?: { message: string } })[]): boolean {
  const [first] = expected
  return expected.every(({ verdict, error }) => verdict === 'fail' && error?.message === first?.error?.message)
}

/** What becomes of an example's sample, in the data set that it stands in. */
export async function runExample(operator: OperatorDefinition, example: Example): Promise<Verdict> {
  const { text, fields, answers, before = [], after = [], parameters = {} } = example
  const sample = { text, ...fields }
  if (!isOfDataset(operator)) return (await runAnyOperator(operator, parameters))(sample, answers)
  const verdict = runDataset(operator, parameters, [...before, sample, ...after])[before.length]
  if (!verdict) throw new Error(`${operator.name} gives no verdict of its example.`)
  return verdict
}
