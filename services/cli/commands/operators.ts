import { type Command, Option } from 'commander'
import { catalog } from '../../operators/catalog.ts'
import { print, printJson } from '../terminal/standard-output.ts'
import { table } from '../terminal/table.ts'
import { definitionOf } from '../trial/operator-trial.ts'
import { describeOperator, referenceOf } from '../trial/reference.ts'

export function define(command: Command): void {
  command.addHelpText('after', '\nExample:\n  millrace operators describe words_num_filter')
  command
    .command('list')
    .description('every operator with what it does')
    .addOption(new Option('--kind <kind>', 'only this kind').choices(['mapper', 'filter']))
    .option('--json', 'print one JSON array')
    .addHelpText('after', '\nExample:\n  millrace operators list --kind filter')
    .action(list)
  command
    .command('describe')
    .description('one operator: parameters, reasons, quirks, examples')
    .argument('<operator>', 'its name')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  millrace operators describe words_num_filter')
    .action(describe)
  command
    .command('schema')
    .description('the JSON schema of recipes, for editors')
    .option('--json', 'the only form there is')
    .addHelpText('after', '\nExample:\n  millrace operators schema > recipe.schema.json')
    .action(schema)
}

async function list(options: { kind?: string; json?: boolean }): Promise<void> {
  const chosen = [...catalog.values()].filter(({ kind }) => options.kind === undefined || kind === options.kind)
  if (options.json) return printJson(chosen.map(({ name, kind, summary }) => ({ name, kind, summary })))
  const rows = chosen.map(({ name, kind, summary }) => [name, kind, summary])
  await print(`${table([{ head: 'operator' }, { head: 'kind' }, { head: 'summary' }], rows).join('\n')}\n`)
}

async function describe(name: string, options: { json?: boolean }): Promise<void> {
  const reference = referenceOf(definitionOf(name, catalog))
  if (options.json) return printJson(reference)
  await print(describeOperator(reference))
}

async function schema(): Promise<void> {
  const { recipeJsonSchema } = await import('../../../topologies/describe/json-schema.ts')
  await print(`${JSON.stringify(recipeJsonSchema(catalog), null, 2)}\n`)
}
