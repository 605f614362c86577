import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from 'commander'
import { passages } from '../quickstart/addresses.ts'
import { soiled } from '../quickstart/dirt.ts'
import { home, PROJECT } from '../settings.ts'
import { count } from '../terminal/numbers.ts'
import { printReport } from '../terminal/print-report.ts'
import { print } from '../terminal/standard-output.ts'
import { runRecipe } from './run.ts'

const NEXT = `Worth trying next:
  npm run -s millrace -- dead-letters list quickstart
  npm run -s millrace -- plan recipes/quickstart.yaml --isolate
  npm run -s millrace -- try clean_links_mapper < ${join('recipes', 'try-me.jsonl')}
`

const NEXT_IN_MEMORY = `Worth trying next (the embedded broker keeps nothing; with Java 17 and Maven the topics stay):
  npm run -s millrace -- plan recipes/quickstart.yaml --isolate
  npm run -s millrace -- operators list
  npm run -s millrace -- try clean_links_mapper < ${join('recipes', 'try-me.jsonl')}
`

export function define(command: Command): void {
  command
    .option('--broker <where>', 'local, memory, or HOST:PORT,… (default: MILLRACE_BROKERS, else local, else memory)')
    .option('--json', 'print the closing report as one JSON object')
    .addHelpText('after', '\nExample:\n  millrace quickstart --broker memory')
    .action(quickstart)
}

async function quickstart(options: { broker?: string; json?: boolean }): Promise<void> {
  const folder = join(home(), 'quickstart')
  const input = join(folder, 'addresses.jsonl')
  const output = join(folder, 'refined.jsonl')
  const { lines, dirt } = soiled(passages())
  await mkdir(folder, { recursive: true })
  await writeFile(input, Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')])))
  const kinds = Object.entries(dirt).map(([kind, n]) => `${n} ${kind}`)
  process.stderr.write(
    `${count(lines.length)} passages of State of the Union addresses in ${input}\ndirtied on purpose: ${kinds.join(', ')}\n`,
  )
  const report = await runRecipe(join(PROJECT, 'recipes', 'quickstart.yaml'), { ...options, input: [input], output })
  await printReport(report, options.json === true)
  if (!options.json) await print(report.broker === 'memory' ? NEXT_IN_MEMORY : NEXT)
}
