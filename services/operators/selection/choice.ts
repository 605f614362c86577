import type { View } from '../../../topologies/dataset/operator.ts'
import { Failure } from '../../../topologies/failure.ts'
import { compares } from '../python/comparison.ts'

/** All of that many documents. */
export function everything(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, i) => i)
}

/** How many are chosen: a ratio of the whole, or a number where that is less or the ratio is none; null for no choice. */
export function chosenCount(
  whole: number,
  ratio: number | null | undefined,
  number: number | null | undefined,
): number | null {
  if (!ratio) return number || null
  const share = ratio * whole
  return Math.trunc(number && number < share ? number : share)
}

/** Throws `dataset_unfit` where no document has anything under the path, which is then most likely misspelt. */
export function requireField(views: readonly View[], path: string): void {
  if (views.some((view) => view !== null)) return
  throw new Failure('dataset_unfit', `No document has a value under "${path}"; mend field_key.`)
}

/** The places of the views in ascending or descending order, equals as they come. Throws `dataset_unfit` for texts among numbers. */
export function ranked(views: readonly View[], descending: boolean): Uint32Array {
  const texts = views.filter((view) => typeof view === 'string').length
  if (texts > 0 && texts < views.length) {
    throw new Failure(
      'dataset_unfit',
      'Some documents have a text in the field, and others a number: they cannot be ranked together.',
    )
  }
  const sign = descending ? -1 : 1
  return everything(views.length).sort((i, j) => sign * compared(views[i] ?? null, views[j] ?? null) || i - j)
}

function compared(a: View, b: View): number {
  if (a === b) return 0
  return compares('<', a, b) ? -1 : Number(compares('>', a, b))
}
