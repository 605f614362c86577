import type { LetterMark } from '../../../schemas/ledger.ts'
import { HEADERS } from '../../../topologies/names.ts'
import type { Topology } from '../../../topologies/topology.ts'
import type { OutgoingRecord } from '../../brokers/broker.ts'
import { originalHeaders } from '../../worker/chain/dead-letter.ts'
import { resumptionHeader } from '../../worker/chain/resumption.ts'
import { Batches, type Prepared } from './batches.ts'
import { isChosen } from './choice.ts'
import { type Destination, destinationOf } from './destination.ts'
import { type FiledLetter, readDeadLetters } from './filed-letter.ts'
import { readMarks } from './marks.ts'
import type { LetterReport, LetterWork } from './report.ts'
import { Settlement } from './settlement.ts'

export interface ReplayWork extends LetterWork {
  topology: Topology
  /** Whether letters of another recipe may go on in this one. */
  acceptRecipeChange: boolean
  /** Letters that were tried so often are left, unless they are chosen by their place. */
  maxAttempts: number
}

/**
 * Sends chosen dead letters back to the raw topic, each once however often this is killed and begun again: a letter and the mark
 * that it was replayed are one transaction. They go on at the operator that failed.
 */
export function replayLetters(work: ReplayWork): Promise<LetterReport> {
  const { recipe, compression } = work.topology
  return settleLetters(work, { action: 'replayed', recipe, compression }, (filed, batches) => {
    if (filed.letter && filed.letter.attempts >= work.maxAttempts && work.choice.ids === undefined) {
      batches.report.exhausted++
      return null
    }
    const destination = destinationOf(filed, work)
    if (!('reason' in destination)) return { filed, destination, record: recordFor(filed, destination) }
    batches.refuse(filed, destination)
    return null
  })
}

/** Marks chosen dead letters as given up: they stay where they are, and are not outstanding any more. */
export function discardLetters(work: LetterWork): Promise<LetterReport> {
  const task = { action: 'discarded', recipe: '', compression: 'none' } as const
  return settleLetters(work, task, (filed) => ({ filed, destination: null, record: null }))
}

/** What is to be done with a letter; null for nothing, which the report says then. */
type Prepare = (filed: FiledLetter, batches: Batches) => Prepared | null

interface Task {
  action: LetterMark['action']
  recipe: string
  compression: Topology['compression']
}

async function settleLetters(work: LetterWork, task: Task, prepare: Prepare): Promise<LetterReport> {
  const { broker, codec, topics, choice, limit, signal } = work
  const settlement = work.dryRun ? null : new Settlement({ ...work, ...task })
  try {
    await settlement?.open()
    const settled = settlement ?? (await readMarks(broker, topics.ledger, codec))
    const batches = new Batches(work, settlement)
    for await (const filed of readDeadLetters(broker, topics.deadLetters, codec)) {
      signal.throwIfAborted()
      if (settled.of(filed) !== 'outstanding' || !isChosen(filed, choice)) continue
      batches.report.chosen++
      const prepared = prepare(filed, batches)
      if (prepared) await batches.add(prepared)
      if (batches.taken >= limit) break
    }
    await batches.flush()
    return batches.report
  } finally {
    await settlement?.close()
  }
}

/** The record that stands for a letter on the raw topic: value, key and headers as they were, and where it goes on. */
function recordFor({ record, letter }: FiledLetter, { resumption, document }: Destination): OutgoingRecord {
  const headers = letter ? originalHeaders(record.headers, letter) : {}
  headers[HEADERS.resume] = resumptionHeader(resumption)
  if (document) headers[HEADERS.resumeDocument] = document
  // Without a timestamp: with that of a record of long ago, a topic that keeps records for a while would drop it at once.
  return { key: record.key, value: record.value, headers }
}
