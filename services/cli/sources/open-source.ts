import { isAbsolute, relative } from 'node:path'
import { Failure } from '../../../topologies/failure.ts'
import type { Source } from '../../../topologies/recipe/dataset.ts'
import type { Validator } from '../../../topologies/recipe/validators.ts'
import { expandInputs, STANDARD } from '../../connectors/files.ts'
import type { Format } from '../../connectors/formats.ts'
import type { Line } from '../../connectors/line.ts'
import { isObject, type StoreAccess } from '../../connectors/object-address.ts'
import { readSamples } from '../../connectors/readers/read-samples.ts'
import type { FeedLine } from '../../pipeline/feed.ts'
import { unpackRatio, userDirectory, userPath } from '../settings.ts'
import { samplesNeeded, validate } from './validation.ts'

/** A source of which the files are known to be there and of which the first samples are known to be right. */
export interface OpenSource {
  name: string
  lines: AsyncIterable<FeedLine[]>
}

/** Finds the files of a source. Rejects with `input_missing`, naming the path. */
export async function openSource({ path, access }: Source, suffixes: readonly string[]): Promise<OpenSource> {
  const files = await expandInputs([isObject(path) ? path : userPath(path)], suffixes, access)
  return { name: path, lines: linesOf(files, access) }
}

/** Reads so much of a source as its validators look at, and gives it whole. Rejects with `input_invalid`. */
export async function validated({ name, lines }: OpenSource, validators: readonly Validator[]): Promise<OpenSource> {
  const needed = samplesNeeded(validators)
  if (needed === 0) return { name, lines }
  const rest = lines[Symbol.asyncIterator]()
  const head: FeedLine[][] = []
  let broken: { thrown: unknown } | null = null
  for (let held = 0; held < needed && !broken; ) {
    const next = await rest.next().catch((thrown: unknown) => ({ thrown }))
    if ('thrown' in next) broken = next
    else if (next.done) break
    else held += head[head.push(next.value) - 1]?.length ?? 0
  }
  const whole = head.flat().filter(({ oversize }) => !oversize)
  validate(
    name,
    whole.map(({ bytes }) => bytes),
    validators,
  )
  return { name, lines: rejoined(head, rest, broken) }
}

/** The lines that were read ahead and those behind them, and what broke in between where it did. */
async function* rejoined(
  head: FeedLine[][],
  rest: AsyncIterator<FeedLine[]>,
  broken: { thrown: unknown } | null,
): AsyncGenerator<FeedLine[]> {
  try {
    for (const lines of head.splice(0)) yield lines
    if (broken) throw broken.thrown
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value
  } finally {
    await rest.return?.()
  }
}

/** The samples of files, in order. */
export async function* linesOf(files: string[], access?: StoreAccess, format?: Format): AsyncGenerator<FeedLine[]> {
  for (const file of files) {
    const name = placeName(file)
    for await (const { lines } of readSamples(file, { unpackRatio: unpackRatio(), access, format })) {
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
export function placeName(file: string): string {
  if (file === STANDARD) return 'stdin'
  if (isObject(file)) return file
  const name = relative(userDirectory(), file)
  return name.startsWith('..') || isAbsolute(name) ? file : name
}

/** What is said where nothing is named to be read. */
export function nothingToRead(): Failure {
  return new Failure(
    'usage',
    'There is nothing to read: name files, directories or patterns behind --input, or as dataset_path in the recipe.',
  )
}
