import { isAbsolute, relative } from 'node:path'
import { Failure } from '../../topologies/failure.ts'
import type { Recipe } from '../../topologies/recipe/recipe.ts'
import { expandInputs, STANDARD } from '../connectors/files.ts'
import { readLines } from '../connectors/jsonl-reader.ts'
import type { Line } from '../connectors/line.ts'
import type { FeedLine } from '../pipeline/feed.ts'
import { unpackRatio, userDirectory, userPath } from './settings.ts'

/**
 * The lines of all inputs: files, directories, patterns, or `-`. Paths that lead nowhere are found before a line is read:
 * rejects with `input_missing`, naming the path. What breaks while it is read rejects the iteration, behind the lines before it.
 */
export async function inputLines(
  paths: string[],
  recipe: Pick<Recipe, 'suffixes'>,
): Promise<AsyncIterable<FeedLine[]>> {
  if (paths.length === 0) {
    throw new Failure(
      'usage',
      'There is nothing to read: name files, directories or patterns behind --input, or as dataset_path in the recipe.',
    )
  }
  const files = await expandInputs(paths.map(userPath), recipe.suffixes)
  return linesOf(files)
}

/** The lines of standard input. */
export function standardInput(): AsyncIterable<FeedLine[]> {
  return linesOf([STANDARD])
}

async function* linesOf(files: string[]): AsyncGenerator<FeedLine[]> {
  for (const file of files) {
    const name = placeName(file)
    for await (const { lines } of readLines(file, { unpackRatio: unpackRatio() })) {
      if (lines.length > 0) yield lines.map((line) => feedLine(line, name))
    }
  }
}

function feedLine(line: Line, name: string): FeedLine {
  const place = `${name}:${line.line}`
  if (!line.oversize) return { bytes: line.bytes, place }
  const { length, sha256, byteOffset } = line
  return { bytes: line.head, place, oversize: { length, sha256, byteOffset } }
}

/** A file as its user would call it: from the working directory when it lies below, else by its whole path. */
function placeName(file: string): string {
  if (file === STANDARD) return 'stdin'
  const name = relative(userDirectory(), file)
  return name.startsWith('..') || isAbsolute(name) ? file : name
}
