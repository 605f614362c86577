import { Failure } from '../../../topologies/failure.ts'
import type { IncomingRecord } from '../../brokers/broker.ts'
import type { BatchResult } from '../chain/work.ts'
import type { Processor } from '../processor.ts'
import type { Diary, DiaryEntry, RecordPlace } from './diary.ts'
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
  /** Partitions of which everything that was begun was finished, and nobody found guilty. */
  readonly #finished = new Set<number>()

  constructor(inner: CondemningProcessor, diary: Diary) {
    this.#inner = inner
    this.#diary = diary
  }

  /** Who ends in order has died of nothing. */
  async close(): Promise<void> {
    for (const partition of this.#finished) this.#diary.clear(partition)
    await this.#inner.close()
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
      if (isAmong(condemned, first)) results.push(await this.#inner.setAside(first, partition, crashed(deaths)))
      else results.push(await this.#noted(piece, partition, { deaths, condemned }))
    }
    return mergeResults(results)
  }

  async #noted(
    records: IncomingRecord[],
    partition: number,
    known: Pick<DiaryEntry, 'deaths' | 'condemned'>,
  ): Promise<BatchResult> {
    const [first] = records
    const last = records.at(-1)
    this.#finished.delete(partition)
    if (first && last) this.#diary.write(partition, { first: placeOf(first), to: last.offset + 1n, ...known })
    const result = await this.#inner.process(records, partition)
    if (known.condemned.length === 0) this.#finished.add(partition)
    return result
  }

  #suspectsAmong(records: IncomingRecord[], partition: number): DiaryEntry | null {
    const known = this.#unfinished.get(partition)
    const entry = ofSameTopic(known === undefined ? aged(this.#diary.read(partition)) : known, records)
    const last = records.at(-1)
    const ends = entry ? [entry.to, ...entry.condemned.map(({ offset }) => offset + 1n)] : []
    const passed = last !== undefined && ends.every((end) => last.offset + 1n >= end)
    this.#unfinished.set(partition, passed ? null : entry)
    const touched = records.some((record) => entry && (isIn(entry, record) || isAmong(entry.condemned, record)))
    return touched ? entry : null
  }
}

/** The process that wrote it has ended. */
function aged(entry: DiaryEntry | null): DiaryEntry | null {
  return entry && { ...entry, deaths: entry.deaths + 1 }
}

/** What a process wrote of a topic that was deleted and made anew since says nothing of the records that are there now. */
function ofSameTopic(entry: DiaryEntry | null, records: IncomingRecord[]): DiaryEntry | null {
  if (entry === null) return null
  const first = records.find(({ offset }) => offset === entry.first.offset)
  return first && first.timestamp !== entry.first.timestamp ? null : entry
}

function placeOf({ offset, timestamp }: IncomingRecord): RecordPlace {
  return { offset, timestamp }
}

function isIn({ first, to }: DiaryEntry, { offset }: IncomingRecord): boolean {
  return offset >= first.offset && offset < to
}

function isAmong(places: readonly RecordPlace[], { offset, timestamp }: IncomingRecord): boolean {
  return places.some((place) => place.offset === offset && place.timestamp === timestamp)
}

/** Those found guilty before, and one that is alone now and has had its chances. */
function condemnedBy({ first, to, deaths, condemned }: DiaryEntry): RecordPlace[] {
  return to - first.offset === 1n && deaths >= GUILTY ? [...condemned, first] : condemned
}

/** The records in order, cut so that suspects come in small pieces, and condemned ones each in a piece of its own. */
function piecesOf(records: IncomingRecord[], suspects: DiaryEntry, condemned: RecordPlace[]): IncomingRecord[][] {
  const suspected = records.filter((record) => isIn(suspects, record)).length
  const size = Math.max(1, Math.ceil(suspected / SHARE))
  const pieces: { kind: string; records: IncomingRecord[] }[] = []
  for (const record of records) {
    const kind = isAmong(condemned, record) ? 'condemned' : isIn(suspects, record) ? 'suspect' : 'innocent'
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
