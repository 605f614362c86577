import { createCodec } from '../../../schemas/codec.ts'
import type { OperatorTally } from '../../../schemas/ledger.ts'
import { classify } from '../../../topologies/failure.ts'
import type { Catalog, OperatorContext } from '../../../topologies/operator.ts'
import type { RecipeTest } from '../../../topologies/recipe/expectations.ts'
import type { Topology } from '../../../topologies/topology.ts'
import { decoderOf } from '../../worker/chain/decode.ts'
import { emptyTally } from '../../worker/chain/tally.ts'
import { buildWaitingChain, type WaitingChain } from '../../worker/chain/waiting.ts'
import { visibleLine } from '../terminal/visible-text.ts'
import { difference } from './difference.ts'

/** What a test of a recipe showed; `difference` is empty when it passed. */
export interface TestResult {
  name: string
  passed: boolean
  expected: RecipeTest['expect']
  received: Fate
  difference: string[]
}

/** What becomes of a document, in the words of a recipe's `expect`. */
interface Fate {
  text?: string
  keep?: true
  rejected?: string
  reason?: string
  dead_letter?: string
  /** Why it is a dead letter. */
  message?: string
}

export interface TestParts {
  topology: Topology
  catalog: Catalog
  context: OperatorContext
}

/** Runs a recipe's tests through its own door and chain, in this thread. Rejects with Failure for what the operators lack. */
export async function runTests(tests: RecipeTest[], { topology, catalog, context }: TestParts): Promise<TestResult[]> {
  // Every operator of the recipe in one chain: how stages are cut changes no result.
  const operators = topology.stages.flatMap((stage) => stage.operators)
  const chain = buildWaitingChain({ operators, textKey: topology.textKey }, catalog, context)
  const tallies = emptyTally(operators).operators
  try {
    await chain.ready()
    const results: TestResult[] = []
    for (const test of tests) results.push(resultOf(test, await fateOf(test, { topology, chain, tallies })))
    return results
  } finally {
    await chain.close()
  }
}

function resultOf(test: RecipeTest, received: Fate): TestResult {
  const passed = agrees(test.expect, received)
  return {
    name: test.name,
    passed,
    expected: test.expect,
    received,
    difference: passed ? [] : differenceOf(test.expect, received),
  }
}

interface Line {
  topology: Topology
  chain: WaitingChain
  tallies: OperatorTally[]
}

async function fateOf(test: RecipeTest, { topology, chain, tallies }: Line): Promise<Fate> {
  const [first] = topology.stages
  if (!first) return {}
  const value = recordOf(test, topology.textKey)
  try {
    const document = decoderOf(
      topology,
      first,
      createCodec(),
    )({ offset: 0n, timestamp: 0, key: null, value, headers: {} }, 0)
    const [outcomes = []] = await chain.pass([document], tallies)
    // Of a document that was split, the first part that was kept stands for it.
    const outcome = outcomes.find(({ kind }) => kind === 'kept') ?? outcomes[0]
    if (!outcome) return {}
    if (outcome.kind === 'rejected') return { rejected: outcome.operator.name, reason: outcome.reason }
    if (outcome.kind === 'failed') return { dead_letter: outcome.failure.code, message: outcome.failure.message }
    return { text: outcome.document.text }
  } catch (thrown) {
    const { code, message } = classify(thrown)
    return { dead_letter: code, message }
  }
}

function recordOf({ input, text, raw }: RecipeTest, textKey: string): Buffer {
  return Buffer.from(raw ?? JSON.stringify(input ?? { [textKey]: text }))
}

function agrees(expected: RecipeTest['expect'], received: Fate): boolean {
  if (expected.keep) return received.text !== undefined
  if (expected.text !== undefined) return expected.text === received.text
  if (expected.dead_letter !== undefined) return expected.dead_letter === received.dead_letter
  if (expected.reason !== undefined && expected.reason !== received.reason) return false
  return expected.rejected === received.rejected
}

function differenceOf(expected: RecipeTest['expect'], received: Fate): string[] {
  if (expected.text !== undefined && received.text !== undefined) return difference(expected.text, received.text)
  return [`- ${fateText(expected)}`, `+ ${fateText(received)}`]
}

function fateText(fate: RecipeTest['expect'] | Fate): string {
  if (fate.keep) return 'kept'
  if (fate.text !== undefined) return `kept with the text ${visibleLine(fate.text)}`
  if (fate.rejected !== undefined) return `rejected by ${fate.rejected}${fate.reason ? ` (${fate.reason})` : ''}`
  const why = 'message' in fate && fate.message ? `: ${visibleLine(fate.message)}` : ''
  return `dead letter ${fate.dead_letter}${why}`
}
