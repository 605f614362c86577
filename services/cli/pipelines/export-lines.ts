import { isUtf8 } from 'node:buffer'
import type { Codec } from '../../../schemas/codec.ts'
import { DEAD_LETTER_HEADER, type DeadLetter } from '../../../schemas/dead-letter.ts'
import { writeSample } from '../../../schemas/sample.ts'
import type { IncomingRecord } from '../../brokers/broker.ts'

/** A record of a lasting topic as one JSON line, without its line feed; null for a record that carries nothing. */
export type ExportLine = (record: IncomingRecord) => Buffer | null

/** The topics that `export` writes, and their lines. */
export const EXPORTS = ['refined', 'rejected', 'dead-letters'] as const
export type ExportKind = (typeof EXPORTS)[number]

export function exportLine(kind: ExportKind, codec: Codec): ExportLine {
  if (kind === 'refined')
    return (record) => record.value && writeSample(codec.decodeDocument(record.value), { dropInternal: true })
  if (kind === 'rejected') return (record) => record.value && rejectedLine(record.value, codec)
  return (record) => deadLetterLine(record, codec)
}

function rejectedLine(value: Buffer, codec: Codec): Buffer {
  const { document, operator, reason, duplicate_of: original } = codec.decodeRejection(value)
  const fields = { operator, reason, stats: document.stats, ...(original ? { duplicate_of: original } : {}) }
  const head = JSON.stringify(fields).slice(0, -1)
  return Buffer.concat([Buffer.from(`${head},"sample":`), writeSample(document, { dropInternal: true }), CLOSE])
}

const CLOSE = Buffer.from('}')

function deadLetterLine(record: IncomingRecord, codec: Codec): Buffer {
  const header = record.headers[DEAD_LETTER_HEADER]
  const fields = letterFields(header ? codec.decodeDeadLetter(header) : null)
  return Buffer.from(JSON.stringify({ ...fields, ...textOrBase64('value', record.value) }))
}

/** The story of a dead letter in the order in which people ask; offsets as numbers where those hold them exactly. */
export function letterFields(letter: DeadLetter | null): Record<string, string | number | null> {
  if (!letter) return { operator: null, code: null, message: null }
  return {
    operator: letter.operator,
    code: letter.code,
    message: letter.message,
    source: letter.source,
    pipeline: letter.pipeline,
    stage: letter.stage,
    operator_index: letter.operator_index,
    topic: letter.topic,
    partition: letter.partition,
    offset: Number(letter.offset),
    document: letter.document,
    attempts: letter.attempts,
    first_time: new Date(letter.first_time).toISOString(),
    last_time: new Date(letter.last_time).toISOString(),
    recipe: letter.recipe,
  }
}

/** Bytes under a name when they are UTF-8, else in base64 under the name with `_base64` behind it. */
export function textOrBase64(name: string, bytes: Uint8Array | null): Record<string, string | null> {
  if (bytes === null) return { [name]: null }
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return isUtf8(buffer) ? { [name]: buffer.toString() } : { [`${name}_base64`]: buffer.toString('base64') }
}
