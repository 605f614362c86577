import { readdirSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import type { Stats, StatValue } from '../../schemas/document.ts'
import type { Json } from '../../schemas/json/keys.ts'
import { operatorContext } from '../../services/cli/operator-context.ts'
import {
  operatorTrial,
  readParameters,
  type TrialParts,
  type WaitingTrial,
  waitingTrial,
} from '../../services/cli/trial/operator-trial.ts'
import type { ChatMessage } from '../../topologies/effects.ts'
import type { OperatorDefinition } from '../../topologies/operator.ts'
import { CannedChat } from './canned-chat.ts'

/** A sample as a vector has it. */
export type Sample = { [key: string]: Json }

/** Failures that a sample may deserve; any other is a fault of ours. */
const EXPECTED_FAILURES = new Set(['operator_failed', 'text_missing', 'text_not_a_string', 'answer_unusable'])

/** What an operator makes of one sample. */
export interface Verdict {
  verdict: 'keep' | 'drop' | 'fail'
  reason?: string
  documents: Sample[]
  stats: Stats
}

/** A recorded answer of Data-Juicer 1.6.1 on Python 3.11. */
export interface Vector {
  parameters: Record<string, unknown>
  input: Sample
  /** What the model answered that the operator asked, in turn. */
  answers?: string[]
  /** What it was asked, where the whole wording was given by parameters. */
  asked?: ChatMessage[][]
  expected: Verdict
}

/** The model of all operators here that ask one. */
export const chat = new CannedChat()

const VECTORS = new URL('../vectors/', import.meta.url)
const SUFFIX = '.jsonl.gz'
/** Vectors of whole data sets: datasets.ts reads them. */
const OTHERS = '.datasets.jsonl.gz'

/** Names of the operators that have recorded vectors. */
export function recordedOperators(): string[] {
  return readdirSync(VECTORS)
    .filter((file) => file.endsWith(SUFFIX) && !file.endsWith(OTHERS))
    .map((file) => file.slice(0, -SUFFIX.length))
}

/** The recorded vectors of an operator. */
export function vectorsOf(operator: string): Vector[] {
  const lines = gunzipSync(readFileSync(new URL(operator + SUFFIX, VECTORS))).toString()
  return lines
    .trimEnd()
    .split('\n')
    .map((line): Vector => JSON.parse(line))
}

/** An operator with these parameters, tried as `millrace try` does it. Word lists are those of test/support/assets. */
export function runOperator(
  definition: OperatorDefinition,
  parameters: Record<string, unknown>,
): (sample: Sample) => Verdict {
  const trial = operatorTrial(definition, ...partsOf(definition, parameters))
  return (sample) => verdictOf(trial(Buffer.from(JSON.stringify(sample))), definition)
}

/** The same for any operator, those that wait included. */
export async function runAnyOperator(
  definition: OperatorDefinition,
  parameters: Record<string, unknown>,
): Promise<(sample: Sample, answers?: string[]) => Promise<Verdict>> {
  if (definition.on !== 'batch') {
    const run = runOperator(definition, parameters)
    return async (sample) => run(sample)
  }
  const trial = await openedTrial(definition, parameters)
  return async (sample, answers = []) => {
    chat.answer(answers)
    const [verdict] = await trial.lines([Buffer.from(JSON.stringify(sample))])
    return verdictOf(verdict ?? Buffer.of(), definition)
  }
}

/** Trials of operators that wait, by name and parameters. */
const opened = new Map<string, Promise<WaitingTrial>>()

function openedTrial(definition: OperatorDefinition, parameters: Record<string, unknown>): Promise<WaitingTrial> {
  const key = `${definition.name} ${JSON.stringify(parameters)}`
  const known = opened.get(key)
  if (known !== undefined) return known
  const trial = waitingTrial(definition, ...partsOf(definition, parameters))
  opened.set(key, trial)
  return trial
}

/** Ends what operators that wait hold open: to be called behind the tests of a file. */
export async function closeOperators(): Promise<void> {
  for (const trial of opened.values()) await (await trial).close()
  opened.clear()
}

function partsOf(
  definition: OperatorDefinition,
  parameters: Record<string, unknown>,
): [checked: Record<string, unknown>, parts: TrialParts] {
  const catalog = new Map([[definition.name, definition]])
  const permissions = { files: true, code: true, downloads: true, endpoints: true }
  const context = { ...operatorContext('test/support/assets', permissions), chat: chat.models }
  return [readParameters(definition, JSON.stringify(parameters)), { catalog, context, maxDepth: 512 }]
}

function verdictOf(line: Buffer, { name }: OperatorDefinition): Verdict {
  const verdict: Verdict & { error?: { code: string } } = JSON.parse(line.toString())
  const code = verdict.error?.code
  if (code !== undefined && !EXPECTED_FAILURES.has(code)) throw new Error(`${name} failed with ${code}`)
  return verdict
}

/** What two verdicts differ in, for people; null when they agree (stats to 1e-12, but for those of `PRECISION`). */
export function differenceOf(given: Verdict, expected: Verdict): string | null {
  if (given.verdict !== expected.verdict) return `${given.verdict} in place of ${expected.verdict}`
  const [ours, theirs] = [given, expected].map(({ documents }) => JSON.stringify(documents.map(inOrder)))
  if (ours !== theirs) return `${ours} in place of ${theirs}`
  const keys = Object.keys({ ...given.stats, ...expected.stats })
  const stray = keys.find((key) => !sameStat(given.stats[key], expected.stats[key], PRECISION[key]))
  return stray ? `${stray}: ${given.stats[stray]} in place of ${expected.stats[stray]}` : null
}

/** The same whatever order the members come in, at any depth. */
function inOrder(value: Json): Json {
  if (Array.isArray(value)) return value.map(inOrder)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(members.map(([key, member]) => [key, inOrder(member)]))
}

/** How far a stat may be off where the reference rounds at every step. */
const PRECISION: { [key: string]: number } = { lang_score: 1e-5 }

function sameStat(given: StatValue | undefined, expected: StatValue | undefined, precision = 1e-12): boolean {
  if (Array.isArray(given) && Array.isArray(expected)) return String(given) === String(expected)
  if (typeof given !== 'number' || typeof expected !== 'number') return given === expected
  return Math.abs(given - expected) <= precision
}
