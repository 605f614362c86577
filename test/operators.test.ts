import { afterAll, describe, expect, test } from 'vitest'
import { catalog } from '../services/operators/catalog.ts'
import type { ChatMessage } from '../topologies/effects.ts'
import { type Example, reasonsOf } from '../topologies/operator.ts'
import { recordedDatasetOperators, runExample } from './support/datasets.ts'
import {
  chat,
  closeOperators,
  differenceOf,
  recordedOperators,
  runAnyOperator,
  type Verdict,
  vectorsOf,
} from './support/vectors.ts'

const operators = [...catalog.values()]
/** Data-Juicer runs these on Ray alone, where nothing is recorded. */
const ON_RAY = /^ray_/
/** Data-Juicer has other models for these: CLIP's, and those of an endpoint. */
const BY_OTHER_MODELS = ['text_embd_similarity_filter', 'text_pair_similarity_filter']

afterAll(closeOperators)

describe.each(operators)('$name', (operator) => {
  test.each(operator.examples)('$title', async (example) => {
    const given = await runExample(operator, example)
    expect(given).toMatchObject(expectationOf(example))
    for (const [key, value] of Object.entries(example.stats ?? {}))
      expect(given.stats[key]).toBeCloseTo(Number(value), 10)
  })

  test('drops in its examples for reasons of its closed set only', () => {
    const shown = operator.examples.flatMap(({ expect: outcome }) => ('drop' in outcome ? [outcome.drop] : []))
    for (const reason of shown) expect(reasonsOf(operator)).toContain(reason)
    if (reasonsOf(operator).length > 0 && operator.kind !== 'mapper') expect(shown.length).toBeGreaterThan(0)
  })

  test.skipIf(operator.origin !== undefined || ON_RAY.test(operator.name) || BY_OTHER_MODELS.includes(operator.name))(
    'has recorded answers of Data-Juicer',
    () => {
      expect([...recordedOperators(), ...recordedDatasetOperators()]).toContain(operator.name)
    },
  )
})

describe.each(recordedOperators())('%s, as recorded from Data-Juicer', (name) => {
  const vectors = vectorsOf(name).filter(({ expected }) => !('error' in expected && isConfiguration(expected)))

  test(`gives the same verdicts, documents and stats on ${vectors.length} samples`, async () => {
    const operator = catalog.get(name)
    expect(operator).toBeDefined()
    if (!operator) return
    const differences: string[] = []
    for (const { parameters, input, answers, asked, expected } of vectors) {
      const run = await runAnyOperator(operator, parameters)
      const difference = differenceOf(await run(input, answers), expected) ?? (asked && questionsDiffer(asked))
      if (difference) differences.push(`${JSON.stringify(parameters)} ${JSON.stringify(input)}: ${difference}`)
    }
    expect(differences).toEqual([])
    expect(vectors.length).toBeGreaterThan(100)
  })
})

/** What the model was asked otherwise than it should; null where nothing is. */
function questionsDiffer(asked: ChatMessage[][]): string | null {
  const [ours, theirs] = [JSON.stringify(chat.asked), JSON.stringify(asked)]
  return ours === theirs ? null : `asked ${ours} in place of ${theirs}`
}

function expectationOf({ expect: outcome }: Example): Partial<Verdict> {
  if ('text' in outcome) return { verdict: 'keep', documents: [{ text: outcome.text }] }
  if ('documents' in outcome) return { verdict: 'keep', documents: outcome.documents }
  if ('drop' in outcome) return { verdict: 'drop', reason: outcome.drop }
  return { verdict: 'keep' in outcome ? 'keep' : 'fail' }
}

/** The oracle could not even make the operator: a matter of parameters, which are tested elsewhere. */
function isConfiguration(verdict: Verdict & { error?: unknown }): boolean {
  return JSON.stringify(verdict.error).includes('"CONFIG"')
}
