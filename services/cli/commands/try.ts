import type { Command } from 'commander'
import { FAILURES, Failure } from '../../../topologies/failure.ts'
import { type Catalog, isOfDataset, type OperatorDefinition } from '../../../topologies/operator.ts'
import { isModule } from '../../../topologies/recipe/process.ts'
import { streamSchema } from '../../../topologies/recipe/stream.ts'
import type { FeedLine } from '../../pipeline/feed.ts'
import { standardInput } from '../input-lines.ts'
import { operatorContext } from '../operator-context.ts'
import { assetsPath, userDirectory } from '../settings.ts'
import { print, tell } from '../terminal/standard-output.ts'
import { datasetTrial } from '../trial/dataset-trial.ts'
import {
  definitionOf,
  failedTrial,
  failLine,
  operatorTrial,
  readParameters,
  type Trial,
  type WaitingTrial,
  waitingTrial,
} from '../trial/operator-trial.ts'

interface TryOptions {
  params: string
  assets?: string
}

/** Lines are tried together up to this size. Bytes. */
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
An operator of the whole data set takes all lines for one: verdicts come at the end, that of a duplicate with the number of the
line that it duplicates, and groups with the last line.

Example:
  echo '{"text": "write to me@example.org"}' | millrace try clean_email_mapper --params '{"repl": "<mail>"}'`

async function tryOperator(name: string, options: TryOptions): Promise<void> {
  const { known, definition } = await operatorNamed(name)
  const context = operatorContext(assetsPath(options.assets), {
    files: true,
    code: true,
    downloads: true,
    endpoints: true,
  })
  const { max_depth: maxDepth } = streamSchema.parse({})
  const { trial, failure } = await attempt(() => {
    const parameters = readParameters(definition, options.params)
    return open(definition, parameters, { catalog: known, context, maxDepth })
  })
  if (process.stdin.isTTY) {
    if (failure) throw failure
    tell('Reading JSON lines from the terminal; Ctrl-D ends them.')
  }
  try {
    await tryLines(trial)
  } finally {
    await trial.close()
  }
  if (!failure) return
  // Not thrown: standard output holds one line per sample and nothing else, with --json too.
  tell(`millrace: ${failure.message}`)
  process.exitCode = FAILURES[failure.code].usage ? 2 : 1
}

/** The operator of that name, or the one in a module at that path. Rejects with `operator_unknown` or `module_invalid`. */
async function operatorNamed(name: string): Promise<{ known: Catalog; definition: OperatorDefinition }> {
  if (!isModule(name)) {
    const { catalog } = await import('../../operators/catalog.ts')
    return { known: catalog, definition: definitionOf(name, catalog) }
  }
  const { loadModules } = await import('../modules.ts')
  const { modules } = await loadModules([name], userDirectory())
  const module = modules.get(name)
  if (!module || 'fault' in module) throw new Failure('module_invalid', `${module?.fault ?? name}.`)
  return { known: new Map([[module.definition.name, module.definition]]), definition: module.definition }
}

/** Operators that do not wait take a shorter way. One of the whole data set gives its verdicts when there are no more lines. */
async function open(...[definition, parameters, parts]: Parameters<typeof operatorTrial>): Promise<OpenTrial> {
  if (isOfDataset(definition)) {
    const trial = datasetTrial(definition, parameters, parts)
    const all: FeedLine[] = []
    const gather = async (lines: FeedLine[]) => {
      all.push(...lines)
      return []
    }
    const bytesOf = ({ bytes, oversize }: FeedLine) => (oversize ? tooLong(oversize.length) : bytes)
    return { lines: gather, rest: () => trial(all.map(bytesOf)), close: async () => undefined }
  }
  if (definition.on === 'batch') return lineByLine(await waitingTrial(definition, parameters, parts))
  return immediate(operatorTrial(definition, parameters, parts))
}

/** A trial as lines come, some of which may be too long to be tried. */
interface OpenTrial {
  lines(lines: FeedLine[]): Promise<Buffer[]>
  /** What there is to say behind the last line. */
  rest(): Buffer[]
  close(): Promise<void>
}

function immediate(trial: Trial): OpenTrial {
  return lineByLine({ lines: async (lines) => lines.map(trial), close: async () => undefined })
}

function lineByLine(trial: WaitingTrial): OpenTrial {
  return {
    lines: async (lines) => {
      const bytes = lines.flatMap((line) => (line.oversize ? [] : [line.bytes]))
      const verdicts = (await trial.lines(bytes)).values()
      return lines.map(({ oversize }) =>
        oversize ? failLine(tooLong(oversize.length)) : (verdicts.next().value ?? Buffer.of()),
      )
    },
    rest: () => [],
    close: () => trial.close(),
  }
}

/** An operator that cannot be built fails every line, so that lines in and lines out stay one to one. */
async function attempt(build: () => Promise<OpenTrial>): Promise<{ trial: OpenTrial; failure: Failure | null }> {
  try {
    return { trial: await build(), failure: null }
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown
    return { trial: immediate(failedTrial(thrown)), failure: thrown }
  }
}

async function tryLines(trial: OpenTrial): Promise<void> {
  for await (const lines of standardInput()) {
    for (const batch of batches(lines)) await print(Buffer.concat(await trial.lines(batch)))
  }
  await print(Buffer.concat(trial.rest()))
}

/** Cut into pieces of about BATCH_BYTES, so that verdicts are seen early and few are in memory. */
function* batches(lines: FeedLine[]): Generator<FeedLine[]> {
  let batch: FeedLine[] = []
  let bytes = 0
  for (const line of lines) {
    batch.push(line)
    bytes += line.bytes.length
    if (bytes < BATCH_BYTES) continue
    yield batch
    batch = []
    bytes = 0
  }
  if (batch.length > 0) yield batch
}

function tooLong(length: number): Failure {
  return new Failure('document_too_large', `The line has ${length} bytes, more than a record can hold.`)
}
