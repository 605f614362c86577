import { constants } from 'node:fs'
import { access, glob, readdir, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure } from '../../topologies/failure.ts'
import { foreignCure, formatOf, mostCommon } from './formats.ts'
import { isObject, type StoreAccess } from './object-address.ts'

/** Stands for standard input or output where a path is asked for. */
export const STANDARD = '-'

/**
 * The files that inputs stand for: files, directories (all below, in name order), patterns (`*`, `?`, `[a-z]`, `{a,b}`, `**`,
 * in name order), `s3://BUCKET/KEY` with the same, and `-`. In the order given; a file that is named twice is read twice. Of a
 * directory those files are read whose format most of them have, as Data-Juicer does, or those that end in `suffixes`. Names
 * that begin with a dot are passed over in directories. Throws Failure `input_missing` naming the path.
 */
export async function expandInputs(
  inputs: readonly string[],
  suffixes: readonly string[] = [],
  access?: StoreAccess,
): Promise<string[]> {
  const wanted = suffixes.map((suffix) => `.${suffix.replace(/^\./, '')}`)
  const files: string[] = []
  for (const input of inputs) {
    files.push(...(isObject(input) ? await expandObjects(input, wanted, access) : await expandInput(input, wanted)))
  }
  return files
}

async function expandObjects(
  address: string,
  suffixes: readonly string[],
  access: StoreAccess | undefined,
): Promise<string[]> {
  const { listObjects } = await import('./s3/list.ts')
  const objects = await listObjects(address, access)
  const [only = ''] = objects
  if (objects.length === 1 && only === address) return objects
  return chosen(address, objects, suffixes)
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
  const files = chosen(directory, await filesBelow(directory, []), suffixes)
  for (const file of files) await readable(file)
  return files
}

/** What is read of the files below a directory. */
function chosen(directory: string, files: readonly string[], suffixes: readonly string[]): string[] {
  const wanted = files.filter((path) =>
    suffixes.length > 0 ? suffixes.some((suffix) => path.endsWith(suffix)) : isKnown(path),
  )
  if (wanted.length > 0) return mostCommon(wanted)
  const what = suffixes.length > 0 ? `ends in ${suffixes.join(', ')}` : 'can be read'
  throw new Failure('input_missing', `The directory ${directory} holds no file that ${what}.`)
}

function isKnown(path: string): boolean {
  return formatOf(path) !== null || foreignCure(path) !== null
}

/** `above`: the real paths of the directories above, into which no link may lead back. */
async function filesBelow(directory: string, above: string[]): Promise<string[]> {
  const real = await realpath(directory)
  if (above.includes(real)) return []
  const files: string[] = []
  for (const name of await namesIn(directory)) {
    const path = join(directory, name)
    const found = await stat(path).catch(() => null)
    if (found?.isDirectory()) files.push(...(await filesBelow(path, [...above, real])))
    else if (found?.isFile()) files.push(path)
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
  const cure = foreignCure(path)
  if (cure !== null) throw new Failure('input_missing', `${path} is of a format that cannot be read: ${cure}.`)
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
