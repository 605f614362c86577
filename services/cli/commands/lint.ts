import type { Command } from 'commander'
import { classify } from '../../../topologies/failure.ts'
import type { Note, Problem } from '../../../topologies/recipe/problem.ts'
import { loadRecipe, planRecipe, problemLine, RecipeMistakes } from '../load-recipe.ts'
import { print, printJson } from '../terminal/standard-output.ts'
import { table } from '../terminal/table.ts'

/** What `lint` finds in one recipe: mistakes, or what is made of each of its keys. */
interface Finding {
  file: string
  problems: Problem[]
  notes: Note[]
}

export function define(command: Command): void {
  command
    .argument('<recipe...>', 'Data-Juicer recipes (YAML)')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  millrace lint recipes/*.yaml')
    .action(async (paths: string[], options: { json?: boolean }) => {
      const findings: Finding[] = []
      for (const path of paths) findings.push(await lint(path))
      const mistakes = findings.reduce((sum, { problems }) => sum + problems.length, 0)
      if (options.json) await printJson({ recipes: findings, mistakes })
      else await print(findings.map(findingText).join('\n'))
      if (mistakes > 0) process.exitCode = 2
    })
}

async function lint(path: string): Promise<Finding> {
  try {
    const loaded = await loadRecipe(path)
    const { recipe, notes } = loaded
    planRecipe(loaded, {})
    return { file: recipe.file, problems: [], notes }
  } catch (thrown) {
    const failure = classify(thrown)
    if (failure instanceof RecipeMistakes) return { file: path, problems: failure.problems, notes: [] }
    if (failure.code === 'unknown') throw failure
    return { file: path, problems: [{ file: path, line: 1, column: 1, path: '', message: failure.message }], notes: [] }
  }
}

function findingText({ file, problems, notes }: Finding): string {
  if (problems.length > 0) {
    const count = problems.length === 1 ? '1 mistake' : `${problems.length} mistakes`
    return `${[`${file}: ${count}`, ...problems.map(problemLine)].join('\n')}\n`
  }
  const rows = notes.map(({ line, path, treatment, reason }) => [String(line), path, treatment, reason])
  const columns = [{ head: 'line', right: true }, { head: 'key' }, { head: 'treatment' }, { head: 'why' }]
  return `${[`${file}: no mistakes`, ...(rows.length > 0 ? table(columns, rows) : [])].join('\n')}\n`
}
