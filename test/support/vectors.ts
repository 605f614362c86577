import { readdirSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import type { Stats, StatValue } from '../../schemas/document.ts'
import { assetDirectory } from '../../services/assets/directory.ts'
import { classify } from '../../topologies/failure.ts'
import type { OperatorDefinition } from '../../topologies/operator.ts'
import { Text } from '../../topologies/text.ts'

/** What an operator makes of one sample. */
export interface Verdict {
  verdict: 'keep' | 'drop' | 'fail'
  reason?: string
  documents: { text: string }[]
  stats: Stats
}

/** A recorded answer of Data-Juicer 1.6.1 on Python 3.11. */
export interface Vector {
  parameters: Record<string, unknown>
  input: { text: string }
  expected: Verdict
}

const VECTORS = new URL('../vectors/', import.meta.url)
const SUFFIX = '.jsonl.gz'

/** Names of the operators that have recorded vectors. */
export function recordedOperators(): string[] {
  return readdirSync(VECTORS)
    .filter((file) => file.endsWith(SUFFIX))
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

/** An operator with these parameters, as a function from a text to a verdict. Word lists are those of test/support/assets. */
export function runOperator(
  definition: OperatorDefinition,
  parameters: Record<string, unknown>,
): (text: string) => Verdict {
  const parsed = definition.parameters.parse(parameters)
  const context = assetDirectory('test/support/assets')
  if (definition.kind === 'mapper') {
    const map = definition.create(parsed, context)
    return guarded((value) => ({ verdict: 'keep', documents: [{ text: map(new Text(value)) }], stats: {} }))
  }
  const filter = definition.create(parsed, context)
  return guarded((value) => {
    const stats = filter.measure(new Text(value))
    const reason = filter.judge(stats)
    return reason === null
      ? { verdict: 'keep', documents: [{ text: value }], stats }
      : { verdict: 'drop', reason, documents: [], stats }
  })
}

function guarded(run: (value: string) => Verdict): (value: string) => Verdict {
  return (value) => {
    try {
      return run(value)
    } catch (thrown) {
      if (classify(thrown).code !== 'operator_failed') throw thrown
      return { verdict: 'fail', documents: [], stats: {} }
    }
  }
}

/** What two verdicts differ in, for people; null when they agree (stats to 1e-12). */
export function differenceOf(given: Verdict, expected: Verdict): string | null {
  if (given.verdict !== expected.verdict) return `${given.verdict} in place of ${expected.verdict}`
  const texts = (verdict: Verdict) => JSON.stringify(verdict.documents.map((document) => document.text))
  if (texts(given) !== texts(expected)) return `${texts(given)} in place of ${texts(expected)}`
  const keys = Object.keys({ ...given.stats, ...expected.stats })
  const stray = keys.find((key) => !sameStat(given.stats[key], expected.stats[key]))
  return stray ? `${stray}: ${given.stats[stray]} in place of ${expected.stats[stray]}` : null
}

function sameStat(given: StatValue | undefined, expected: StatValue | undefined): boolean {
  if (typeof given !== 'number' || typeof expected !== 'number') return given === expected
  return Math.abs(given - expected) <= 1e-12
}
