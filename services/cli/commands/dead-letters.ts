import type { Command } from 'commander'
import { list } from '../dead-letters/list.ts'
import { choiceOptions, place } from '../dead-letters/options.ts'
import { discard, replay } from '../dead-letters/settle.ts'
import { show } from '../dead-letters/show.ts'
import { wholeNumber } from '../options.ts'

const PIPELINE = 'name of a pipeline, or its recipe'

export function define(command: Command): void {
  command.addHelpText('after', '\nExample:\n  millrace dead-letters replay recipes/refine.yaml --code operator_failed')
  const sub = (name: string, summary: string) => command.command(name).description(summary)
  choiceOptions(sub('list', 'what failed and is not settled: where, and why').argument('<pipeline>', PIPELINE))
    .option('--all', 'those that were replayed or discarded, too')
    .option('--limit <n>', 'show at most so many, the newest', wholeNumber, 50)
    .addHelpText('after', '\nExample:\n  millrace dead-letters list quickstart --code json_broken')
    .action(list)
  sub('show', 'one of them with all its headers, and its value as it came')
    .argument('<pipeline>', PIPELINE)
    .argument('<place>', 'PARTITION-OFFSET, as `dead-letters list` shows it')
    .option('--raw', 'print the bytes of the value and nothing else')
    .addHelpText('after', '\nExample:\n  millrace dead-letters show quickstart 0-17')
    .action(show)
  settling(sub('replay', 'let those go on that failed, at the operator that failed, once each'))
    .option('--max-attempts <n>', 'leave those that were tried so often, unless --id names them', wholeNumber, 5)
    .option('--accept-recipe-change', 'let those go on that failed under another version of the recipe')
    .addHelpText('after', REPLAY_HELP)
    .action(replay)
  settling(sub('discard', 'give up on them: they stay where they are, and are not outstanding any more'))
    .option('--all', 'all that are outstanding')
    .addHelpText('after', '\nExample:\n  millrace dead-letters discard quickstart --code json_broken --until 7d')
    .action(discard)
  for (const one of command.commands) {
    one
      .option('--broker <where>', 'local, or HOST:PORT,… (default: MILLRACE_BROKERS, else local)')
      .option('--json', 'print one JSON object')
  }
}

const REPLAY_HELP = `
What was replayed is not replayed again: run it once more when it was interrupted or killed, and it goes on.

Example:
  millrace dead-letters replay recipes/refine.yaml --operator fix_unicode_mapper --since 2h --dry-run`

function settling(command: Command): Command {
  return choiceOptions(command.argument('<pipeline>', PIPELINE))
    .option('--id <place>', 'only the one at this PARTITION-OFFSET; may be given several times', place)
    .option('--limit <n>', 'at most so many', wholeNumber)
    .option('--dry-run', 'say what would be done, and do nothing')
}
