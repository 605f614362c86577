import type { FeedLine } from '../../../services/pipeline/feed.ts'
import { random } from '../../support/random.ts'

/** How often what occurs among the documents; each a share of all. What takes down a thread comes every so many documents. */
const BROKEN = 0.04
const STRANGE_SCHEMA = 0.06
const THROWS = 0.07
const LARGE = 0.08
const OVERSIZE = 0.085
const SHORT = 0.16
const FEW_WORDS = 0.22

/** Each of these kills or hangs an operator thread: by the remainder of its number. */
const DEADLY = new Map([
  [121, 'EXIT'],
  [317, 'HANG'],
  [731, 'MEMORY'],
])
const DEADLY_EVERY = 1500

/** The codes with which deadly documents end: one, or one of several. */
const DEADLY_CODES: Record<string, string> = {
  EXIT: 'operator_crashed',
  // on a busy machine it may be stopped for being late before its memory is exhausted
  MEMORY: 'operator_crashed or operator_timeout',
  HANG: 'operator_timeout',
}

/** The line with this number, always the same for a seed: mostly plain, some of every kind that a line may be. */
export function lineOf(number: number, seed: number): FeedLine {
  const place = `nemesis:${number}`
  const next = random(seed * 1_000_003 + number)
  const share = next()
  const words = `document ${number} has ${'some more words '.repeat(1 + Math.floor(next() * 20))}`
  const deadly = DEADLY.get(number % DEADLY_EVERY)
  if (deadly) return { place, bytes: sample(number, `${deadly} ${words}`) }
  if (share < BROKEN) return { place, bytes: Buffer.from(`{"id": ${number}, "text": "cut`) }
  if (share < STRANGE_SCHEMA) return { place, bytes: Buffer.from([0, 0, 9, 9, 9, 1, 2, 3]) }
  if (share < THROWS) return { place, bytes: sample(number, `${next() < 0.5 ? 'THROW' : 'STACK'} ${words}`) }
  if (share < LARGE) return { place, bytes: sample(number, words.repeat(60)) }
  if (share < OVERSIZE) return oversize(number, place)
  if (share < SHORT) return { place, bytes: sample(number, 'short') }
  if (share < FEW_WORDS) return { place, bytes: sample(number, `donaudampfschiffahrt-${number}`) }
  return { place, bytes: sample(number, `${words} write to a${number}@mill.org`) }
}

/** The code with which a record must end that cannot be tried here, because it takes down its thread; null for all others. */
export function deadlyCode(value: Buffer): string | null {
  const kind = /"text":"(EXIT|MEMORY|HANG) /.exec(value.toString())?.[1]
  return kind ? (DEADLY_CODES[kind] ?? null) : null
}

function sample(id: number, text: string): Buffer {
  return Buffer.from(JSON.stringify({ id, text, meta: { lane: id % 7 } }))
}

function oversize(number: number, place: string): FeedLine {
  const oversized = { length: 99_000_000, sha256: 'ab'.repeat(32), byteOffset: BigInt(number) }
  return { place, bytes: Buffer.from(`{"id": ${number}, "text": "${'long '.repeat(50)}`), oversize: oversized }
}

/** The line under attack: every fate that a document can have, over as many stages as asked for. */
export function recipeOf(name: string, operators: string, options: { stages: 2 | 3; partitions?: number }): string {
  const cuts = options.stages === 3 ? 'clean_email_mapper, words_num_filter' : 'clean_email_mapper'
  return `
process:
  - whitespace_normalization_mapper:
  - text_length_filter: {min_len: 12}
  - ${operators}:
  - clean_email_mapper: {repl: '<mail>'}
  - words_num_filter: {min_num: 4}
  - character_repetition_filter: {rep_len: 10, max_ratio: 0.99}
stream:
  name: ${name}
  partitions: ${options.partitions ?? 4}
  replicas: 2
  cut_before: [${cuts}]
  transaction_bytes: 8KiB
  allow_code: true
  thread_memory: 64MiB
  time_budget: 3s
`
}
