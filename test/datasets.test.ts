import { describe, expect, test } from 'vitest'
import { catalog } from '../services/operators/catalog.ts'
import { isOfDataset } from '../topologies/operator.ts'
import { datasetDifferences, datasetsOf, isRefused, recordedDatasetOperators, runDataset } from './support/datasets.ts'

describe.each(recordedDatasetOperators())('%s, as recorded from Data-Juicer', (name) => {
  const vectors = datasetsOf(name).filter(({ expected }) => !isRefused(expected))
  const documents = vectors.reduce((sum, { inputs }) => sum + inputs.length, 0)

  test(`gives the same verdicts and documents on ${vectors.length} data sets of ${documents} documents`, () => {
    const operator = catalog.get(name)
    if (!operator || !isOfDataset(operator)) throw new Error(`${name} is no operator of whole data sets.`)
    const differences = vectors.flatMap(({ parameters, inputs, expected }) =>
      datasetDifferences(runDataset(operator, parameters, inputs), expected).map(
        (difference) => `${JSON.stringify(parameters)} ${difference}`,
      ),
    )
    expect(differences).toEqual([])
    expect(vectors.length).toBeGreaterThan(10)
    expect(documents).toBeGreaterThan(200)
  })
})
