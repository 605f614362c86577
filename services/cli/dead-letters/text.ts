import { DEAD_LETTER_HEADER } from '../../../schemas/dead-letter.ts'
import { HEADERS } from '../../../topologies/names.ts'
import type { FiledLetter } from '../../pipeline/replay/filed-letter.ts'
import type { LetterState } from '../../pipeline/replay/marks.ts'
import { letterFields, textOrBase64 } from '../pipelines/export-lines.ts'
import { count } from '../terminal/numbers.ts'
import type { Column } from '../terminal/table.ts'
import { shortened, visibleBytes, visibleLine } from '../terminal/visible-text.ts'

/** Characters of a message that a row of the list shows. */
const MESSAGE = 80
/** Characters of a header that are shown; what is longer is a stack trace, which stands below whole. */
const HEADER = 200

export const LIST_COLUMNS: Column[] = [
  { head: 'place' },
  { head: 'operator' },
  { head: 'code' },
  { head: 'source' },
  { head: 'failed at' },
  { head: 'message' },
]

export function letterRow({ id, letter, record }: FiledLetter): string[] {
  const at = new Date(letter?.last_time ?? record.timestamp).toISOString().slice(0, 19)
  if (!letter) return [id, '?', '?', '', at, 'no story: another program wrote it']
  return [
    id,
    letter.operator ?? 'decode',
    letter.code,
    shortened(letter.source ?? '', 40),
    at,
    shortened(letter.message, MESSAGE),
  ]
}

/** Counts letters by operator and code. */
export function letterSummary(): { add(letter: FiledLetter): void; lines(): string[] } {
  const counts = new Map<string, number>()
  return {
    add({ letter }) {
      const kind = letter ? `${letter.code} in ${letter.operator ?? 'decode'}` : 'no story'
      counts.set(kind, (counts.get(kind) ?? 0) + 1)
    },
    lines: () => [...counts].sort((a, b) => b[1] - a[1]).map(([kind, n]) => `  ${count(n).padStart(9)}  ${kind}`),
  }
}

/** A dead letter as a row of `list --json`: its place and story, and how large its value is. */
export function listed({ id, letter, record }: FiledLetter): object {
  return { id, ...letterFields(letter), bytes: record.value?.length ?? 0 }
}

/** A dead letter as one JSON object: its place and story, key, headers and value. */
export function letterData(filed: FiledLetter): object {
  const { id, letter, record } = filed
  return {
    id,
    ...letterFields(letter),
    stack: letter?.stack ?? null,
    ...(record.key ? textOrBase64('key', record.key) : {}),
    headers: Object.fromEntries(headersOf(filed)),
    ...textOrBase64('value', record.value),
  }
}

/** A dead letter for people: its story, all headers, the stack trace, and the value with what a terminal would obey made visible. */
export function letterText({ id, letter, record }: FiledLetter, state: LetterState = 'outstanding'): string {
  const story = Object.entries(letterFields(letter)).filter(([, value]) => value !== null)
  const headers = headersOf({ record })
  const lines = [
    `dead letter ${id}, ${state}`,
    ...pairs(story.map(([name, value]) => [name, visibleLine(String(value))])),
    ...(record.key ? pairs([['key', visibleBytes(record.key)]]) : []),
    '',
    'headers',
    ...pairs(headers.map(([name, value]) => [name, shortened(value, HEADER)])),
    ...(letter?.stack ? ['', 'stack', `  ${visibleBytes(Buffer.from(letter.stack)).replaceAll('\n', '\n  ')}`] : []),
    '',
    record.value ? `value (${count(record.value.length)} bytes)` : 'value: none (a tombstone)',
    ...(record.value ? [visibleBytes(record.value)] : []),
  ]
  return `${lines.join('\n')}\n`
}

function pairs(entries: string[][]): string[] {
  const width = Math.max(0, ...entries.map(([name = '']) => name.length))
  return entries.map(([name = '', value = '']) => `  ${name.padEnd(width)}  ${value}`.trimEnd())
}

/** All headers as text, less the one in Avro, whose content is the story. The order number of a record is eight raw bytes. */
function headersOf({ record }: Pick<FiledLetter, 'record'>): [string, string][] {
  const headers = Object.entries(record.headers).filter(([name]) => name !== DEAD_LETTER_HEADER)
  return headers.map(([name, value]) => {
    const isOrdinal = name === HEADERS.ordinal && value.length === 8
    return [name, isOrdinal ? String(value.readBigInt64BE()) : visibleBytes(value)]
  })
}
