import type { Codec } from '../../../schemas/codec.ts'
import { LETTERS_STAGE, type LedgerEntry, type LetterMark } from '../../../schemas/ledger.ts'
import type { Broker } from '../../brokers/broker.ts'

/** What was done with a dead letter by a person; outstanding while it is nothing. */
export type LetterState = LetterMark['action'] | 'outstanding'

/** Which dead letters are settled: a fold of the ledger, where each transaction that settled some says which. */
export class Marks {
  readonly #done = new Map<number, Map<number, LetterMark['action']>>()

  add({ partition, letters }: Pick<LedgerEntry, 'partition' | 'letters'>): void {
    if (letters === null) return
    const done = this.#done.get(partition) ?? new Map<number, LetterMark['action']>()
    this.#done.set(partition, done)
    for (const offset of letters.offsets) done.set(Number(offset), letters.action)
  }

  /** What was done with the letter at this place of the dead-letter topic. */
  of({ partition, offset }: { partition: number; offset: bigint }): LetterState {
    return this.#done.get(partition)?.get(Number(offset)) ?? 'outstanding'
  }

  /** How many letters are settled. */
  get size(): number {
    return [...this.#done.values()].reduce((sum, { size }) => sum + size, 0)
  }
}

/** The key under which the ledger has marks, so that they are found without decoding the rest. */
export const MARK_KEY: Buffer = Buffer.from(LETTERS_STAGE)

/** All marks that the ledger holds now. Rejects with `topic_missing`. */
export async function readMarks(broker: Broker, ledger: string, codec: Codec): Promise<Marks> {
  const marks = new Marks()
  for await (const { records } of broker.read(ledger, { until: 'end' })) {
    for (const { key, value } of records) {
      if (value && key?.equals(MARK_KEY)) marks.add(codec.decodeLedgerEntry(value))
    }
  }
  return marks
}
