import { Failure } from '../../../topologies/failure.ts'
import type { IncomingRecord } from '../../brokers/broker.ts'
import type { BatchResult } from '../chain/work.ts'
import type { Processor } from '../processor.ts'
import type { Diary, DiaryEntry } from './diary.ts'
import { mergeResults } from './merge.ts'

/** A processor that can set a record aside without running anything on it. */
export interface CondemningProcessor extends Processor {
  setAside(record: IncomingRecord, partition: number, failure: Failure): Promise<BatchResult>
}

/** The first end of a process may have had any cause. From the second on, what it worked on is suspected. */
const SUSPICIOUS = 2
/** Suspects are tried in pieces of this part of their number, so that few more processes end until one record is left. */
const SHARE = 8
/** So many ends, with one record alone in work at the last, are no accident. */
const GUILTY = 4

/**
 * Finds the document that takes down the whole process, by what former processes wrote down: records that were in work when
 * they ended are tried in ever smaller pieces, until one is alone with its guilt and is set aside.
 */
export class CarefulProcessor implements Processor {
  readonly #inner: CondemningProcessor
  readonly #diary: Diary
  /** What former processes left unfinished and this one has not passed yet, by partition. */
  readonly #unfinished = new Map<number, DiaryEntry | null>()

  constructor(inner: CondemningProcessor, diary: Diary) {
    this.#inner = inner
    this.#diary = diary
  }

  close(): Promise<void> {
    return this.#inner.close()
  }

  async process(records: IncomingRecord[], partition: number): Promise<BatchResult> {
    const suspects = this.#suspectsAmong(records, partition)
    if (!suspects || (suspects.deaths < SUSPICIOUS && suspects.condemned.length === 0)) {
      return this.#noted(records, partition, { deaths: suspects?.deaths ?? 0, condemned: [] })
    }
    const condemned = condemnedBy(suspects)
    const results: BatchResult[] = []
    for (const piece of piecesOf(records, suspects, condemned)) {
      const [first] = piece
      if (!first) continue
      const deaths = isIn(suspects, first) ? suspects.deaths : 0
      if (condemned.includes(first.offset)) results.push(await this.#inner.setAside(first, partition, crashed(deaths)))
      else results.push(await this.#noted(piece, partition, { deaths, condemned }))
    }
    return mergeResults(results)
  }

  #noted(
    records: IncomingRecord[],
    partition: number,
    known: Pick<DiaryEntry, 'deaths' | 'condemned'>,
  ): Promise<BatchResult> {
    const [first] = records
    const last = records.at(-1)
    if (first && last) this.#diary.write(partition, { from: first.offset, to: last.offset + 1n, ...known })
    return this.#inner.process(records, partition)
  }

  #suspectsAmong(records: IncomingRecord[], partition: number): DiaryEntry | null {
    const known = this.#unfinished.get(partition)
    const entry = known === undefined ? aged(this.#diary.read(partition)) : known
    const last = records.at(-1)
    const ends = entry ? [entry.to, ...entry.condemned.map((offset) => offset + 1n)] : []
    const passed = last !== undefined && ends.every((end) => last.offset + 1n >= end)
    this.#unfinished.set(partition, passed ? null : entry)
    const touched = records.some((record) => entry && (isIn(entry, record) || entry.condemned.includes(record.offset)))
    return touched ? entry : null
  }
}

/** The process that wrote it has ended. */
function aged(entry: DiaryEntry | null): DiaryEntry | null {
  return entry && { ...entry, deaths: entry.deaths + 1 }
}

function isIn({ from, to }: DiaryEntry, { offset }: IncomingRecord): boolean {
  return offset >= from && offset < to
}

/** Those found guilty before, and one that is alone now and has had its chances. */
function condemnedBy({ from, to, deaths, condemned }: DiaryEntry): bigint[] {
  return to - from === 1n && deaths >= GUILTY ? [...condemned, from] : condemned
}

/** The records in order, cut so that suspects come in small pieces, and condemned ones each in a piece of its own. */
function piecesOf(records: IncomingRecord[], suspects: DiaryEntry, condemned: bigint[]): IncomingRecord[][] {
  const suspected = records.filter((record) => isIn(suspects, record)).length
  const size = Math.max(1, Math.ceil(suspected / SHARE))
  const pieces: { kind: string; records: IncomingRecord[] }[] = []
  for (const record of records) {
    const kind = condemned.includes(record.offset) ? 'condemned' : isIn(suspects, record) ? 'suspect' : 'innocent'
    const last = pieces.at(-1)
    const full = kind === 'condemned' || (kind === 'suspect' && last?.records.length === size)
    if (last?.kind === kind && !full) last.records.push(record)
    else pieces.push({ kind, records: [record] })
  }
  return pieces.map((piece) => piece.records)
}

function crashed(deaths: number): Failure {
  return new Failure('operator_crashed', `Worker processes ended at this record, ${deaths} times in all.`)
}
