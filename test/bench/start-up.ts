import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { median } from './line.ts'

/** Wall time of the commands that people wait for, in fresh processes. */
const main = fileURLToPath(new URL('../../services/cli/main.ts', import.meta.url))

function seconds(args: string[], input: string): number {
  const start = performance.now()
  const { status } = spawnSync(process.execPath, [main, ...args], { input })
  if (status !== 0) throw new Error(`millrace ${args.join(' ')} ended with ${status}`)
  return (performance.now() - start) / 1000
}

const cases: [string, string[], string][] = [
  ['--help', ['--help'], ''],
  ['try, one line', ['try', 'words_num_filter'], '{"text": "the quick brown fox"}\n'],
]
for (const [name, args, input] of cases) {
  const times = Array.from({ length: 11 }, () => seconds(args, input))
  console.log(`${name}: median ${median(times).toFixed(3)} s, worst ${Math.max(...times).toFixed(3)} s`)
}
