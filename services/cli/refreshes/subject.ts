import { stat } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import { Failure } from '../../../topologies/failure.ts'
import type { OperatorContext } from '../../../topologies/operator.ts'
import type { Source } from '../../../topologies/recipe/dataset.ts'
import { exportFormatOf } from '../../../topologies/recipe/export.ts'
import type { Recipe } from '../../../topologies/recipe/recipe.ts'
import { indexOf } from '../../../topologies/stages.ts'
import type { Topology } from '../../../topologies/topology.ts'
import { expandInputs, STANDARD } from '../../connectors/files.ts'
import { isObject } from '../../connectors/object-address.ts'
import type { Subject, SubjectSource } from '../../refresh/manifest.ts'
import { checksumOf } from '../assets/checksums.ts'
import { assetsOf } from '../assets/needs.ts'
import { userPath } from '../settings.ts'
import { placeName } from '../sources/open-source.ts'

/** A part is closed at so many bytes of lines unless the recipe says otherwise (`export_shard_size`). */
const PART_BYTES = 256 * 2 ** 20

/** The sources of a refresh: they must be there to be read again. Throws Failure `usage`. */
export function sourcesOf(given: string[] | undefined, recipe: Pick<Recipe, 'dataset'>): Source[] {
  const sources = given ? given.map((path) => ({ path, weight: 1 })) : recipe.dataset.sources
  if (sources.length === 0)
    throw new Failure(
      'usage',
      'There is nothing to refresh from: name files or directories behind --input, or sources in the recipe (dataset_path, dataset).',
    )
  if (sources.some(({ path }) => path === STANDARD))
    throw new Failure('usage', 'A refresh may have to read its input again, so it takes no standard input: name files.')
  return sources
}

/** What is read of each source: sizes and hashes of files; of objects only their addresses. Rejects with `input_missing`. */
export async function readSources(sources: readonly Source[], suffixes: readonly string[]): Promise<SubjectSource[]> {
  const read: SubjectSource[] = []
  for (const { path, weight, access } of sources) {
    const paths = await expandInputs([isObject(path) ? path : userPath(path)], suffixes, access)
    const files: SubjectSource['files'] = []
    for (const file of paths) files.push(await inputFile(file))
    read.push({ source: path, weight, files })
  }
  return read
}

async function inputFile(file: string): Promise<SubjectSource['files'][number]> {
  if (isObject(file)) return { path: file, bytes: null, sha256: null }
  return { path: placeName(file), bytes: (await stat(file)).size, sha256: await checksumOf(file) }
}

/** The source of what comes from a place (`file:line`); the first one where two hold the same file. */
export function sourceFinder(sources: readonly SubjectSource[]): (place: string) => string | null {
  const sourceOf = new Map<string, string>()
  for (const { source, files } of sources) {
    for (const { path } of files) if (!sourceOf.has(path)) sourceOf.set(path, source)
  }
  return (place) => sourceOf.get(place.slice(0, Math.max(0, place.lastIndexOf(':')))) ?? null
}

/** The directory and the ending of the parts: given, or as export_path says. Throws Failure `usage` where nobody says. */
export function target(
  given: string | undefined,
  { exportPath, exportSettings: { format } }: Pick<Recipe, 'exportPath' | 'exportSettings'>,
): { directory: string; suffix: string } {
  if (given === undefined && exportPath === null)
    throw new Failure(
      'usage',
      'Say where the files go: --output DIRECTORY, or export_path in the recipe. They lie in a directory of the refresh below it.',
    )
  const { packed } = exportFormatOf(exportPath ?? '')
  const packing = packed && format !== 'parquet' ? extname(exportPath ?? '') : ''
  const named = exportPath !== null && basename(exportPath).includes('.') ? dirname(exportPath) : (exportPath ?? '')
  return { directory: userPath(given ?? named), suffix: `${format}${packing}` }
}

/** How the recipe wants its documents written. */
export function exportOf({ exportSettings }: Pick<Recipe, 'exportSettings'>, suffix: string): Subject['export'] {
  const { shardBytes, keepStats, keepHashes, stats } = exportSettings
  return {
    suffix,
    part_bytes: shardBytes > 0 ? shardBytes : PART_BYTES,
    keep_stats: keepStats,
    keep_hashes: keepHashes,
    stats,
  }
}

/** Word lists, models and modules that the operators of a topology are made of. */
export async function assetHashes(
  topology: Topology,
  { catalog }: Pick<Recipe, 'catalog'>,
  context: OperatorContext,
): Promise<Subject['assets']> {
  const names = [...assetsOf(topology, catalog, context).keys()].sort()
  const assets: Subject['assets'] = []
  for (const name of names) {
    const path = join(context.assets, name)
    // An operator may do without some of what it looks for.
    if ((await stat(path).catch(() => null))?.isFile()) assets.push({ name, sha256: await checksumOf(path) })
  }
  return [...assets, ...topology.modules.map(({ name, sha256 }) => ({ name, sha256 }))]
}

/** The name of the indexes that documents are held against; null where they are those of the refresh alone. */
export function indexName(recipe: Recipe): string | null {
  return indexOf(recipe, { continuous: false })
}
