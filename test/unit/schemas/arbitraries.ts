import fc from 'fast-check'
import type { DeadLetter } from '../../../schemas/dead-letter.ts'
import type { Document, Stats } from '../../../schemas/document.ts'
import type { LedgerEntry } from '../../../schemas/ledger.ts'
import type { Rejection } from '../../../schemas/rejection.ts'

/** Any string of UTF-16 code units: all scripts, controls, emoji, and lone surrogates. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.string({ unit: 'grapheme', maxLength: 80 }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 80 }).map((units) => String.fromCharCode(...units)),
  fc.constantFrom(
    '',
    '\ud83d',
    '\udca9\ud83d',
    'a\ud83d\udca9b',
    '\u0000',
    '\u2028"\\/',
    'é'.repeat(70),
    'x'.repeat(9000),
  ),
)

/** Text that UTF-8 can carry. */
export const wellFormedText: fc.Arbitrary<string> = hostileText.map((text) => text.toWellFormed())

const count = fc.nat({ max: 2 ** 52 })
const number = fc.oneof(
  fc.double({ noNaN: true }),
  fc.integer({ min: -(2 ** 52), max: 2 ** 52 }),
  fc.constantFrom(0, -0, 1e300, 2 ** 53, -(2 ** 53), -(2 ** 31), 2 ** 30, 0.1),
)

export const stats: fc.Arbitrary<Stats> = fc.dictionary(
  fc.oneof(wellFormedText, fc.constant('text_len')),
  fc.oneof(fc.constant(null), fc.boolean(), number, wellFormedText, fc.array(number, { maxLength: 5 })),
  { maxKeys: 8, noNullPrototype: true },
)

const bigLong = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
const safeLong = fc.bigInt({ min: -(2n ** 52n), max: 2n ** 52n })

function documentsWith(long: fc.Arbitrary<bigint>): fc.Arbitrary<Document> {
  const place = fc.tuple(wellFormedText, wellFormedText).map(([before, after]) => ({
    fields: Buffer.from(`${before}null${after}`),
    textAt: Buffer.byteLength(before),
  }))
  const rest = fc.record({
    id: wellFormedText,
    source: wellFormedText,
    partition: fc.integer(),
    offset: long,
    ordinal: long,
    text: hostileText,
    stats,
    repairs: fc.array(wellFormedText, { maxLength: 3 }),
    skipped: fc.array(wellFormedText, { maxLength: 3 }),
  })
  return fc.tuple(rest, place).map(([fields, at]) => ({ ...fields, ...at }))
}

/** Documents with any 64-bit offset, and those with offsets that a number holds. */
export const documents = documentsWith(bigLong)
export const documentsWithSafeOffsets = documentsWith(safeLong)

const originals = fc.record({
  pipeline: wellFormedText,
  id: wellFormedText,
  source: wellFormedText,
  similarity: fc.double({ noNaN: true }),
})

export const rejections: fc.Arbitrary<Rejection> = fc
  .record({
    document: documentsWithSafeOffsets,
    pipeline: wellFormedText,
    recipe: wellFormedText,
    stage: wellFormedText,
    operator: wellFormedText,
    operator_index: fc.integer(),
    reason: wellFormedText,
    duplicate_of: fc.option(originals),
  })
  .map((rejection) => ({ ...rejection, duplicate_of: rejection.duplicate_of && { ...rejection.duplicate_of } }))

const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array))

export const deadLetters: fc.Arbitrary<DeadLetter> = fc.record({
  pipeline: wellFormedText,
  recipe: wellFormedText,
  stage: wellFormedText,
  operator: fc.option(wellFormedText),
  operator_index: fc.integer(),
  code: wellFormedText,
  message: wellFormedText,
  stack: fc.option(fc.string({ maxLength: 100 })),
  topic: wellFormedText,
  partition: fc.integer(),
  offset: safeLong,
  timestamp: count,
  attempts: fc.nat(),
  first_time: count,
  last_time: count,
  document: fc.option(wellFormedText),
  source: fc.option(wellFormedText),
  resumable: fc.boolean(),
  before: fc.option(bytes),
  stage_start: fc.integer({ min: -1, max: 1000 }),
  displaced: fc.dictionary(fc.stringMatching(/^__[a-z.]{1,20}$/), bytes, { noNullPrototype: true, maxKeys: 3 }),
})

/** Reasons come from closed sets of snake_case words, which begin with a letter. */
const reason = fc.stringMatching(/^[a-z][a-z_]{0,20}$/)

const tally = fc.record({
  index: fc.nat(),
  name: wellFormedText,
  in: count,
  kept: count,
  dropped: fc.dictionary(reason, count, { noNullPrototype: true, maxKeys: 4 }),
  failed: count,
  skipped: count,
  seconds: fc.double({ noNaN: true, noDefaultInfinity: true }),
})

export const ledgerEntries: fc.Arbitrary<LedgerEntry> = fc.record({
  pipeline: wellFormedText,
  recipe: wellFormedText,
  stage: wellFormedText,
  topic: wellFormedText,
  partition: fc.nat(),
  from: safeLong,
  to: safeLong,
  records: count,
  documents: count,
  output: count,
  rejected: count,
  duplicates: count,
  dead_letters: count,
  split: count,
  merged: count,
  repaired: count,
  bytes_in: count,
  bytes_out: count,
  ended: fc.array(wellFormedText, { maxLength: 3 }),
  at: count,
  worker: wellFormedText,
  operators: fc.array(tally, { maxLength: 4 }),
  replayed: count,
  letters: fc.option(
    fc.record({
      action: fc.constantFrom('replayed' as const, 'discarded' as const),
      offsets: fc.array(safeLong, { maxLength: 5 }),
    }),
  ),
})
