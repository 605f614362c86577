import type { Codec } from '../../schemas/codec.ts'
import type { Verdict } from '../../schemas/dataset.ts'
import type { OutgoingRecord } from '../brokers/broker.ts'

/** About the most of verdicts in one record, with this much for each besides its lines and its sample. Bytes. */
const PIECE_BYTES = 4 * 2 ** 20
const EACH = 400

/** Verdicts of one partition as records; the last of them says up to which block all is judged. */
export function verdictRecords(
  verdicts: Verdict[],
  { answerer, through }: { answerer: number; through: bigint },
  codec: Codec,
): OutgoingRecord[] {
  const pieces = piecesOf(verdicts)
  const last = pieces.pop() ?? []
  const blocks = pieces.map((piece) => ({ answerer, through: -1n, verdicts: piece }))
  return [...blocks, { answerer, through, verdicts: last }].map((block) => ({
    key: null,
    value: codec.encodeVerdicts(block),
  }))
}

function piecesOf(verdicts: Verdict[]): Verdict[][] {
  const pieces: Verdict[][] = []
  let room = 0
  for (const verdict of verdicts) {
    const bytes = EACH + (verdict.sample?.length ?? 0) + verdict.lines.reduce((sum, { length }) => sum + length, 0)
    if (room < bytes) {
      pieces.push([])
      room = PIECE_BYTES
    }
    pieces.at(-1)?.push(verdict)
    room -= bytes
  }
  return pieces
}
