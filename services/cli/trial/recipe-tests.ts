import { createCodec } from '../../../schemas/codec.ts'
import type { Document } from '../../../schemas/document.ts'
import { classify, Failure } from '../../../topologies/failure.ts'
import type { RecipeTest } from '../../../topologies/recipe/expectations.ts'
import type { Topology } from '../../../topologies/topology.ts'
import { decoderOf } from '../../worker/chain/decode.ts'
import { visibleLine } from '../terminal/visible-text.ts'
import { difference } from './difference.ts'
import { type ChainParts, type RecipeChain, recipeChain } from './recipe-chain.ts'

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

/** Runs a recipe's tests through its own door and chain, in this thread. Rejects with Failure for what the operators lack. */
export async function runTests(tests: RecipeTest[], parts: ChainParts): Promise<TestResult[]> {
  const chain = recipeChain(parts)
  try {
    await chain.ready()
    const results: TestResult[] = []
    for (const test of tests) results.push(resultOf(test, await fateOf(test, parts.topology, chain)))
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

async function fateOf(test: RecipeTest, topology: Topology, chain: RecipeChain): Promise<Fate> {
  const { textKey } = topology
  const before = (test.before ?? []).map((sample) => documentOf(sampleOf(sample, textKey), topology))
  const tested = documentOf(recordOf(test, textKey), topology)
  if (tested instanceof Failure) return deadLetter(tested)
  const documents = [...before.flatMap((document) => (document instanceof Failure ? [] : [document])), tested]
  try {
    const outcomes = (await chain.pass(documents)).at(-1) ?? []
    // Of a document that was split, the first part that was kept stands for it.
    const outcome = outcomes.find(({ kind }) => kind === 'kept') ?? outcomes[0]
    if (!outcome) return {}
    if (outcome.kind === 'rejected') return { rejected: outcome.operator.name, reason: outcome.reason }
    if (outcome.kind === 'failed') return deadLetter(outcome.failure)
    return { text: outcome.document.text }
  } catch (thrown) {
    return deadLetter(classify(thrown))
  }
}

function deadLetter({ code, message }: Failure): Fate {
  return { dead_letter: code, message }
}

/** The document that a record holds, or why it holds none. */
function documentOf(value: Buffer, topology: Topology): Document | Failure {
  const [first] = topology.stages
  if (!first) return new Failure('operator_unknown', 'The recipe has no operators.')
  try {
    const record = { offset: 0n, timestamp: 0, key: null, value, headers: {} }
    return decoderOf(topology, first, createCodec())(record, 0)
  } catch (thrown) {
    return classify(thrown)
  }
}

function recordOf({ input, text, raw }: RecipeTest, textKey: string): Buffer {
  return raw === undefined ? sampleOf(input ?? text ?? '', textKey) : Buffer.from(raw)
}

/** A sample as it stands on the raw topic; a text is one that holds nothing else. */
function sampleOf(sample: string | Record<string, unknown>, textKey: string): Buffer {
  return Buffer.from(JSON.stringify(typeof sample === 'string' ? { [textKey]: sample } : sample))
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
