import { Command, CommanderError } from 'commander'
import { classify, FAILURES } from '../../topologies/failure.ts'
import { withoutSecrets } from './terminal/secrets.ts'

/** A command's file: it declares options and what they do. Loaded only when the command is called. */
export interface CommandModule {
  define(command: Command): void
}

interface Entry {
  name: string
  summary: string
  load(): Promise<CommandModule>
}

/** Every command, in the order of a newcomer's needs. */
export const COMMANDS: Entry[] = [
  {
    name: 'quickstart',
    summary: 'refine a few thousand real, dirty documents and see where each went',
    load: () => import('./commands/quickstart.ts'),
  },
  {
    name: 'run',
    summary: 'run a recipe over files to the end, and print the account',
    load: () => import('./commands/run.ts'),
  },
  {
    name: 'plan',
    summary: 'show the services and topics that a recipe compiles to',
    load: () => import('./commands/plan.ts'),
  },
  {
    name: 'lint',
    summary: 'find every mistake in recipes, and say what each key does',
    load: () => import('./commands/lint.ts'),
  },
  { name: 'test', summary: "run the recipes' own tests", load: () => import('./commands/test.ts') },
  { name: 'try', summary: 'run one operator over JSON lines', load: () => import('./commands/try.ts') },
  {
    name: 'analyze',
    summary: 'measure documents without dropping any: tables, plots, what bounds would drop',
    load: () => import('./analyses/analyze.ts'),
  },
  {
    name: 'trace',
    summary: 'show what each operator dropped and why, and what it changed',
    load: () => import('./analyses/trace.ts'),
  },
  {
    name: 'operators',
    summary: 'list operators, describe one, print the JSON schema of recipes',
    load: () => import('./commands/operators.ts'),
  },
  {
    name: 'assets',
    summary: 'list, fetch and verify the word lists and models that recipes need',
    load: () => import('./assets/command.ts'),
  },
  {
    name: 'quality',
    summary: 'train, evaluate and apply a classifier that tells good texts from bad ones',
    load: () => import('./quality/command.ts'),
  },
  {
    name: 'feedback',
    summary: 'say of texts that they are toxic, clean, good or bad, for classifiers to learn',
    load: () => import('./feedback/command.ts'),
  },
  { name: 'produce', summary: 'feed files to a pipeline', load: () => import('./commands/produce.ts') },
  {
    name: 'convert',
    summary: 'turn files into other formats or topics, and topics into files',
    load: () => import('./conversion/command.ts'),
  },
  {
    name: 'refresh',
    summary: 'make a version of a corpus that has a name, and look at those that there are',
    load: () => import('./refreshes/command.ts'),
  },
  { name: 'export', summary: 'write a topic to part files, exactly once', load: () => import('./commands/export.ts') },
  {
    name: 'attach',
    summary: 'print refined documents as they come, each once for a group',
    load: () => import('./attachment/command.ts'),
  },
  { name: 'up', summary: 'keep a recipe running as local services', load: () => import('./commands/up.ts') },
  { name: 'down', summary: 'drain and stop those services', load: () => import('./commands/down.ts') },
  { name: 'status', summary: 'lag, rates and account of a pipeline', load: () => import('./commands/status.ts') },
  {
    name: 'dead-letters',
    summary: 'list, show, replay and discard what failed',
    load: () => import('./commands/dead-letters.ts'),
  },
  {
    name: 'index',
    summary: 'what deduplicators remember of all runs: look, search, forget',
    load: () => import('./indexes/command.ts'),
  },
  {
    name: 'worker',
    summary: 'run one replica of one stage: what a container runs',
    load: () => import('./commands/worker.ts'),
  },
  { name: 'broker', summary: 'start, stop and look at the local Kafka', load: () => import('./commands/broker.ts') },
]

const EXAMPLE = `
Example:
  millrace run recipes/refine.yaml --input corpus/ --output refined.jsonl

Every command has --help with an example, and --json for machines. Exit codes: 0 done, 1 failed, 2 wrong usage.`

/** Runs the command line; gives the exit code. */
export async function runCommandLine(args: string[]): Promise<number> {
  const program = new Command('millrace').description('Data-Juicer recipes as exactly-once Kafka services.')
  program.exitOverride().addHelpText('after', EXAMPLE).version('0.1.0', '--version', 'print the version')
  // Options are those of the command behind which they stand, where commands have commands of their own.
  program.helpCommand(false).enablePositionalOptions()
  const named = COMMANDS.find(({ name }) => name === args[0])
  for (const entry of COMMANDS) {
    const command = program.command(entry.name).description(entry.summary).exitOverride()
    if (entry === named) (await entry.load()).define(command)
  }
  try {
    if (args.length === 0) program.help()
    await program.parseAsync(args, { from: 'user' })
    return Number(process.exitCode ?? 0)
  } catch (thrown) {
    return report(thrown, args.includes('--json'))
  }
}

/** One sentence on standard error; with --json, the code for machines on standard output too. */
function report(thrown: unknown, json: boolean): number {
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : 2
  const failure = classify(thrown)
  const message = withoutSecrets(failure.message)
  process.stderr.write(`millrace: ${message}\n`)
  if (json) process.stdout.write(`${JSON.stringify({ error: { code: failure.code, message } })}\n`)
  if (failure.code === 'unknown' && process.env.MILLRACE_DEBUG)
    process.stderr.write(`${withoutSecrets(failure.cause instanceof Error ? String(failure.cause.stack) : '')}\n`)
  return FAILURES[failure.code].usage ? 2 : 1
}
