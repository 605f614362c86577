import type { Command } from 'commander'
import { FAILURES, Failure } from '../../../topologies/failure.ts'
import { streamSchema } from '../../../topologies/recipe/stream.ts'
import { assetDirectory } from '../../assets/directory.ts'
import { standardInput } from '../input-lines.ts'
import { assetsPath } from '../settings.ts'
import { print, tell } from '../terminal/standard-output.ts'
import {
  definitionOf,
  failedTrial,
  failLine,
  operatorTrial,
  readParameters,
  type Trial,
} from '../trial/operator-trial.ts'

interface TryOptions {
  params: string
  assets?: string
}

/** Verdicts are written together up to this size. Bytes. */
const BATCH_BYTES = 64 * 1024

export function define(command: Command): void {
  command
    .argument('<operator>', 'name of an operator, as `operators list` shows it')
    .option('--params <json>', 'its parameters as a JSON object', '{}')
    .option('--assets <directory>', 'word lists and models (default: MILLRACE_ASSETS)')
    .option('--json', 'the only form there is: one JSON object per line')
    .addHelpText('after', EXAMPLE)
    .action(tryOperator)
}

const EXAMPLE = `
Reads samples as JSON lines from standard input; prints for each line its verdict, what leaves the operator, and its stats.

Example:
  echo '{"text": "write to me@example.org"}' | millrace try clean_email_mapper --params '{"repl": "<mail>"}'`

async function tryOperator(name: string, options: TryOptions): Promise<void> {
  const { catalog } = await import('../../operators/catalog.ts')
  const definition = definitionOf(name, catalog)
  const context = assetDirectory(assetsPath(options.assets), { files: true })
  const { max_depth: maxDepth } = streamSchema.parse({})
  const { trial, failure } = attempt(() =>
    operatorTrial(definition, readParameters(definition, options.params), { catalog, context, maxDepth }),
  )
  if (process.stdin.isTTY) {
    if (failure) throw failure
    tell('Reading JSON lines from the terminal; Ctrl-D ends them.')
  }
  await tryLines(trial)
  if (!failure) return
  // Not thrown: standard output holds one line per sample and nothing else, with --json too.
  tell(`millrace: ${failure.message}`)
  process.exitCode = FAILURES[failure.code].usage ? 2 : 1
}

/** An operator that cannot be built fails every line, so that lines in and lines out stay one to one. */
function attempt(build: () => Trial): { trial: Trial; failure: Failure | null } {
  try {
    return { trial: build(), failure: null }
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown
    return { trial: failedTrial(thrown), failure: thrown }
  }
}

async function tryLines(trial: Trial): Promise<void> {
  for await (const lines of standardInput()) {
    let verdicts: Buffer[] = []
    let bytes = 0
    for (const { bytes: line, oversize } of lines) {
      const verdict = oversize ? failLine(tooLong(oversize.length)) : trial(line)
      verdicts.push(verdict)
      bytes += verdict.length
      if (bytes < BATCH_BYTES) continue
      await print(Buffer.concat(verdicts))
      verdicts = []
      bytes = 0
    }
    if (verdicts.length > 0) await print(Buffer.concat(verdicts))
  }
}

function tooLong(length: number): Failure {
  return new Failure('document_too_large', `The line has ${length} bytes, more than a record can hold.`)
}
