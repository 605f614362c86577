import type { Source } from '../../topologies/recipe/dataset.ts'
import type { Recipe } from '../../topologies/recipe/recipe.ts'
import { STANDARD } from '../connectors/files.ts'
import type { FeedLine } from '../pipeline/feed.ts'
import { sampled, sampleNumbers } from './sources/mixture.ts'
import { linesOf, nothingToRead, type OpenSource, openSource, validated } from './sources/open-source.ts'

/** What a recipe says of its input. */
type Said = Pick<Recipe, 'suffixes'> & Partial<Pick<Recipe, 'dataset' | 'validators' | 'textKey'>>

/**
 * The samples of all inputs in order: files, directories, patterns, objects, or `-`; those that the recipe names, mixed by their
 * weights when it says so, unless others are given. Paths that lead nowhere are found before a line is read: rejects with
 * `input_missing`, naming the path, or with `input_invalid` where a validator refuses a source. What breaks while it is read
 * rejects the iteration, behind the lines before it.
 */
export async function inputLines(given: string[] | undefined, recipe: Said): Promise<AsyncIterable<FeedLine[]>> {
  const dataset = given ? { sources: given.map(plain), maxSamples: null } : recipe.dataset
  if (!dataset || dataset.sources.length === 0) throw nothingToRead()
  const { sources, maxSamples } = dataset
  const weights = sources.map(({ weight }) => weight)
  const numbers = maxSamples === null ? sources.map(() => null) : sampleNumbers(weights, maxSamples)
  const parts: Part[] = []
  for (const [at, source] of sources.entries()) {
    const wanted = numbers[at] ?? null
    // Data-Juicer does not even look at a source of which it takes nothing.
    if (wanted !== null && wanted <= 0) continue
    const opened = await validated(await openSource(source, recipe.suffixes), recipe.validators ?? [])
    parts.push({ ...opened, wanted, textKey: recipe.textKey ?? 'text' })
  }
  return allOf(parts)
}

/** The lines of standard input. */
export function standardInput(): AsyncIterable<FeedLine[]> {
  return linesOf([STANDARD])
}

/** A source and how many of its samples are wanted; null for all. */
interface Part extends OpenSource {
  wanted: number | null
  textKey: string
}

function plain(path: string): Source {
  return { path, weight: 1 }
}

async function* allOf(parts: readonly Part[]): AsyncGenerator<FeedLine[]> {
  for (const part of parts) yield* part.wanted === null ? part.lines : sampled(part, part.wanted)
}
