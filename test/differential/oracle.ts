import { execFileSync } from 'node:child_process'
import type { Sample, Verdict } from '../support/vectors.ts'

/** The assets of both sides. */
export const assets = process.env.MILLRACE_ASSETS ?? 'test/support/assets'

const program = process.env.MILLRACE_ORACLE ?? ''
if (!program) throw new Error('Set MILLRACE_ORACLE to a program that runs one operator of Data-Juicer.')

/** Data-Juicer's verdicts on these samples, by the program that MILLRACE_ORACLE names. */
export function theirs(operator: string, parameters: Record<string, unknown>, samples: Sample[]): Verdict[] {
  const input = samples.map((sample) => `${JSON.stringify(sample)}\n`).join('')
  const args = [operator, '--params', JSON.stringify(parameters), '--assets', assets]
  const output = execFileSync(program, args, { input, maxBuffer: 2 ** 30, stdio: ['pipe', 'pipe', 'ignore'] })
  return output
    .toString()
    .trimEnd()
    .split('\n')
    .map((line): Verdict => JSON.parse(line))
}
