import { constants } from 'node:fs'
import { access, glob, readdir, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure } from '../../topologies/failure.ts'

/** Stands for standard input or output where a path is asked for. */
export const STANDARD = '-'

/** What is read from a directory. */
const SUFFIXES = ['.jsonl', '.ndjson', '.json'].flatMap((suffix) => [suffix, `${suffix}.gz`, `${suffix}.zst`])

/** What is refused by its name, so that its lines do not become dead letters one by one. */
const FOREIGN = /\.(parquet|arrow|csv|tsv|txt|md|tex|html|docx|pdf|xz|bz2|zip|7z|tar)$/i

/**
 * The files that inputs stand for: files, directories (all below, in name order), patterns (`*`, `?`, `[a-z]`, `{a,b}`, `**`,
 * in name order) and `-`. In the order given; a file that is named twice is read twice. `suffixes` says what is read from
 * directories, in place of JSON lines by their usual names. Names that begin with a dot are passed over in directories.
 * Throws Failure `input_missing` naming the path.
 */
export async function expandInputs(inputs: readonly string[], suffixes: readonly string[] = []): Promise<string[]> {
  const wanted = suffixes.length > 0 ? suffixes.map((suffix) => `.${suffix.replace(/^\./, '')}`) : SUFFIXES
  const files: string[] = []
  for (const input of inputs) files.push(...(await expandInput(input, wanted)))
  return files
}

async function expandInput(input: string, suffixes: readonly string[]): Promise<string[]> {
  if (input === STANDARD) return [input]
  const found = await stat(input).catch(() => null)
  if (found?.isDirectory()) return expandDirectory(input, suffixes)
  if (found) return [await readable(input)]
  if (!/[*?[{]/.test(input)) throw new Failure('input_missing', `There is no file ${input}.`)
  const matches: string[] = []
  for await (const match of glob(input)) matches.push(match)
  if (matches.length === 0) throw new Failure('input_missing', `No file matches ${input}.`)
  const expanded: string[] = []
  for (const match of matches.sort(byName)) expanded.push(...(await expandInput(match, suffixes)))
  return expanded
}

async function expandDirectory(directory: string, suffixes: readonly string[]): Promise<string[]> {
  const files = await filesBelow(directory, suffixes, [])
  if (files.length > 0) return files
  throw new Failure('input_missing', `The directory ${directory} holds no file that ends in ${suffixes.join(', ')}.`)
}

/** `above`: the real paths of the directories above, into which no link may lead back. */
async function filesBelow(directory: string, suffixes: readonly string[], above: string[]): Promise<string[]> {
  const real = await realpath(directory)
  if (above.includes(real)) return []
  const files: string[] = []
  for (const name of await namesIn(directory)) {
    const path = join(directory, name)
    const found = await stat(path).catch(() => null)
    if (found?.isDirectory()) files.push(...(await filesBelow(path, suffixes, [...above, real])))
    else if (found?.isFile() && suffixes.some((suffix) => name.endsWith(suffix))) files.push(await readable(path))
  }
  return files
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    const names = await readdir(directory)
    return names.filter((name) => !name.startsWith('.')).sort(byName)
  } catch (cause) {
    throw new Failure('input_missing', `The directory ${directory} cannot be read; look at its permissions.`, { cause })
  }
}

async function readable(path: string): Promise<string> {
  if (FOREIGN.test(path)) {
    throw new Failure('input_missing', `${path} cannot be read: inputs are JSON lines, plain or packed as .gz or .zst.`)
  }
  try {
    await access(path, constants.R_OK)
    return path
  } catch (cause) {
    throw new Failure('input_missing', `The file ${path} cannot be read; look at its permissions.`, { cause })
  }
}

/** By code units, the same on every machine. */
function byName(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
