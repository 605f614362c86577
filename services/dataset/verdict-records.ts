import type { Codec } from '../../schemas/codec.ts'
import type { Verdict } from '../../schemas/dataset.ts'
import type { OutgoingRecord } from '../brokers/broker.ts'

/** So many verdicts go into one record. */
const PER_RECORD = 2_000

/** Verdicts of one partition as records; the last of them says up to which block all is judged. */
export function verdictRecords(
  verdicts: Verdict[],
  { answerer, through }: { answerer: number; through: bigint },
  codec: Codec,
): OutgoingRecord[] {
  const records: OutgoingRecord[] = []
  for (let i = 0; i === 0 || i < verdicts.length; i += PER_RECORD) {
    const last = i + PER_RECORD >= verdicts.length
    const block = { answerer, through: last ? through : -1n, verdicts: verdicts.slice(i, i + PER_RECORD) }
    records.push({ key: null, value: codec.encodeVerdicts(block) })
  }
  return records
}
