import { Failure } from '../../topologies/failure.ts'
import type { FedRecord } from './count.ts'

interface PlacedLine {
  bytes: Uint8Array
  place: string
}

/**
 * The lines behind the one that was fed last. Rejects with `usage` at a line that stands where that one stood and is another,
 * and at the end when none stood there: then nothing has been given out.
 */
export async function* linesBehind<Line extends PlacedLine>(
  lines: AsyncIterable<Line[]>,
  last: FedRecord,
): AsyncGenerator<Line[]> {
  let found = false
  for await (const group of lines) {
    const at: number = found ? -1 : group.findIndex(({ place }) => place === last.place)
    const line: Line | undefined = group[at]
    if (line && !sameLine(line, last)) throw changed(last.place)
    const rest = found || line ? group.slice(at + 1) : []
    found ||= line !== undefined
    if (rest.length > 0) yield rest
  }
  if (!found) throw elsewhere(last.place)
}

/** Whether a line is the one that this record was made of. */
export function sameLine({ bytes, place }: PlacedLine, { place: fedPlace, value }: FedRecord): boolean {
  return place === fedPlace && value !== null && value.equals(bytes)
}

function changed(place: string): Failure {
  return new Failure(
    'usage',
    `The last record on the raw topic was made of ${place}, and that line is another one now. Feed what is missing without resuming.`,
  )
}

function elsewhere(place: string): Failure {
  return new Failure(
    'usage',
    `The last record on the raw topic was made of ${place}, which this input does not have. Name the same input as before, from the same directory.`,
  )
}
