import { Failure } from '../../../topologies/failure.ts'
import type { OperatorContext } from '../../../topologies/operator.ts'

/** A file of the asset store, and a sentence about where to get it. */
export interface ListedAsset {
  name: string
  origin: string
}

/** The lines of a text file of the asset store, without their ends. Throws Failure `asset_missing`, with where to get the file. */
export function readListed({ name, origin }: ListedAsset, context: OperatorContext): string[] {
  const lines = new TextDecoder().decode(bytesOf(name, origin, context)).split(/\r\n|\r|\n/)
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines
}

function bytesOf(name: string, origin: string, context: OperatorContext): Uint8Array {
  try {
    return context.readAsset(name)
  } catch (cause) {
    if (!(cause instanceof Failure) || cause.code !== 'asset_missing') throw cause
    throw new Failure('asset_missing', `${cause.message} ${origin}`, { cause })
  }
}
