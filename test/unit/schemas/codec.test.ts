import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BUNDLED_SCHEMAS } from '../../../schemas/avro/bundled.ts'
import { type AvroDocument, documentFromAvro, documentToAvro } from '../../../schemas/avro/faces.ts'
import { recordReader, recordWriter } from '../../../schemas/avro/generic.ts'
import {
  createCodec,
  decodeDeadLetter,
  decodeDocument,
  decodeLedgerEntry,
  decodeRejection,
  encodeDeadLetter,
  encodeDocument,
  encodeLedgerEntry,
  encodeRejection,
  schemaIdOf,
} from '../../../schemas/codec.ts'
import { CodecError } from '../../../schemas/codec-error.ts'
import { BUNDLED_IDS } from '../../../schemas/ids.ts'
import { classify } from '../../../topologies/failure.ts'
import { deadLetters, documents, documentsWithSafeOffsets, ledgerEntries, rejections } from './arbitraries.ts'

const DECODERS = [decodeDocument, decodeRejection, decodeDeadLetter, decodeLedgerEntry]

/** The code with which a decoder refuses, or null when it does not. */
function refusal(decode: () => unknown): string | null {
  try {
    decode()
    return null
  } catch (thrown) {
    if (thrown instanceof CodecError) return thrown.code
    throw thrown
  }
}

const sample = fc.sample(documentsWithSafeOffsets, { numRuns: 1, seed: 7 })[0]
if (!sample) throw new Error('no sample')

describe('What travels comes back as it was', () => {
  test('a document, with any text, stats and 64-bit offsets', () => {
    fc.assert(
      fc.property(
        documents,
        (document) => void expect(decodeDocument(encodeDocument(document))).toStrictEqual(document),
      ),
    )
  })

  test('a stat under any key, __proto__ included', () => {
    const stats = JSON.parse('{"__proto__":1,"constructor":2.5}')
    expect(decodeDocument(encodeDocument({ ...sample, stats })).stats).toStrictEqual(stats)
  })

  test('a rejection, its document included', () => {
    fc.assert(fc.property(rejections, (it) => void expect(decodeRejection(encodeRejection(it))).toStrictEqual(it)))
  })

  test('a dead letter', () => {
    fc.assert(fc.property(deadLetters, (it) => void expect(decodeDeadLetter(encodeDeadLetter(it))).toEqual(it)))
  })

  test('a ledger entry', () => {
    fc.assert(fc.property(ledgerEntries, (it) => void expect(decodeLedgerEntry(encodeLedgerEntry(it))).toEqual(it)))
  })

  test('several records at once, each untouched by the next', () => {
    fc.assert(
      fc.property(fc.array(documents, { maxLength: 20 }), (all) => {
        const encoded = all.map(encodeDocument)
        expect(encoded.map(decodeDocument)).toStrictEqual(all)
      }),
      { numRuns: 20 },
    )
  })

  test('a document of several megabytes in any script', () => {
    for (const text of ['x'.repeat(3e6), 'é'.repeat(2e6), '水'.repeat(1e6), '\ud83d'.repeat(1e5)]) {
      expect(decodeDocument(encodeDocument({ ...sample, text })).text).toBe(text)
    }
  })

  test('and lies in front of it: zero, and the id of its schema', () => {
    expect(schemaIdOf(encodeDocument(sample))).toBe(BUNDLED_IDS.document)
    expect(schemaIdOf(Buffer.from('{"text":"a"}'))).toBeNull()
  })

  test('save a stack trace, which is cut to 4096 bytes between two characters', () => {
    const letter = {
      ...fc.sample(deadLetters, { numRuns: 1, seed: 1 })[0],
      stack: `x${'é'.repeat(4000)}`,
    } as Parameters<typeof encodeDeadLetter>[0]
    expect(decodeDeadLetter(encodeDeadLetter(letter)).stack).toBe(`x${'é'.repeat(2047)}`)
  })
})

describe("The document's own writer and reader equal avsc's", () => {
  const write = recordWriter(BUNDLED_SCHEMAS.document)
  const read = recordReader(BUNDLED_SCHEMAS.document, BUNDLED_SCHEMAS.document)

  test('byte for byte when they write', () => {
    fc.assert(
      fc.property(documentsWithSafeOffsets, (document) => {
        expect(encodeDocument(document).subarray(5)).toStrictEqual(write(documentToAvro(document)))
      }),
    )
  })

  test('value for value when they read', () => {
    fc.assert(
      fc.property(documentsWithSafeOffsets, (document) => {
        // avsc itself loses a member of that name.
        fc.pre(!Object.hasOwn(document.stats, '__proto__'))
        const payload = write(documentToAvro(document))
        expect(documentFromAvro(read(payload) as AvroDocument)).toStrictEqual(
          decodeDocument(Buffer.concat([encodeDocument(document).subarray(0, 5), payload])),
        )
      }),
    )
  })
})

describe('Bytes that are no record', () => {
  test('are refused wherever a record is cut off', () => {
    const whole = encodeDocument(sample)
    for (let end = 0; end < whole.length; end++) {
      expect(refusal(() => decodeDocument(whole.subarray(0, end)))).toBe('avro_broken')
    }
    expect(refusal(() => decodeDocument(Buffer.concat([whole, Buffer.of(0)])))).toBe('avro_broken')
  })

  test('are refused with a code or read as something, but never crash or hang', () => {
    const ids = Object.values(BUNDLED_IDS)
    fc.assert(
      fc.property(fc.constantFrom(...ids), fc.uint8Array({ maxLength: 200 }), (id, garbage) => {
        const bytes = Buffer.concat([Buffer.of(0, 0, 0, id >> 8, id & 255), garbage])
        for (const decode of DECODERS) expect([null, 'avro_broken']).toContain(refusal(() => decode(bytes)))
      }),
      { numRuns: 2000 },
    )
  })

  test('are refused or read when single bytes of a record are wrong', () => {
    const encoded = fc.oneof(
      documents.map(encodeDocument),
      rejections.map(encodeRejection),
      deadLetters.map(encodeDeadLetter),
      ledgerEntries.map(encodeLedgerEntry),
    )
    fc.assert(
      fc.property(encoded, fc.nat(), fc.nat({ max: 255 }), (bytes, place, value) => {
        const wrong = Buffer.from(bytes)
        wrong[5 + (place % (wrong.length - 5))] = value
        for (const decode of DECODERS) expect([null, 'avro_broken']).toContain(refusal(() => decode(wrong)))
      }),
      { numRuns: 1000 },
    )
  })

  test('with a length of two gigabytes take no memory', () => {
    const head = [0, 0, 0, 3, 0xe9]
    for (const length of [
      [0xfe, 0xff, 0xff, 0xff, 0x0f],
      [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f],
    ]) {
      const before = process.memoryUsage().rss
      expect(refusal(() => decodeDocument(Buffer.from([...head, ...length])))).toBe('avro_broken')
      expect(process.memoryUsage().rss - before).toBeLessThan(100e6)
    }
  })

  test('with a count of a thousand million items do not loop', () => {
    const entry = fc.sample(ledgerEntries, { numRuns: 1, seed: 3 })[0]
    if (!entry) throw new Error('no sample')
    const whole = encodeLedgerEntry({ ...entry, operators: [] })
    const hostile = Buffer.concat([whole.subarray(0, -1), Buffer.from([0x80, 0xa8, 0xd6, 0xb9, 0x07])])
    expect(refusal(() => decodeLedgerEntry(hostile))).toBe('avro_broken')
  })

  test('with an id that nobody gave are unknown, and say so with the id', () => {
    expect(() => decodeDocument(Buffer.from([0, 0, 0, 0, 77, 1, 2]))).toThrow('77')
    expect(refusal(() => decodeDocument(Buffer.from([0, 0, 0, 0, 77, 1, 2])))).toBe('avro_unknown_schema')
  })

  test('of another kind of record are named as that', () => {
    expect(() => decodeRejection(encodeDocument(sample))).toThrow('a document, not a rejection')
  })

  test('become a Failure of the same code', () => {
    expect(classify(new CodecError('avro_broken', 'Broken.'))).toMatchObject({
      code: 'avro_broken',
      message: 'Broken.',
    })
  })
})

describe('With a registry', () => {
  const ids = { ...BUNDLED_IDS, document: 7, rejection: 8, dead_letter: 9, ledger_entry: 70_000 }
  const oldFields = BUNDLED_SCHEMAS.document.fields.filter((field) => field.name !== 'repairs')
  const oldSchema = { ...BUNDLED_SCHEMAS.document, fields: oldFields }

  test('its ids are written', () => {
    expect(schemaIdOf(createCodec({ ids, older: [] }).encodeDocument(sample))).toBe(7)
  })

  test('records with its ids, with bundled ids and of older versions are read', () => {
    const codec = createCodec({ ids, older: [{ id: 3, name: 'document', schema: oldSchema }] })
    const old = Buffer.concat([Buffer.of(0, 0, 0, 0, 3), recordWriter(oldSchema)(documentToAvro(sample))])
    expect(codec.decodeDocument(codec.encodeDocument(sample))).toStrictEqual(sample)
    expect(codec.decodeDocument(encodeDocument(sample))).toStrictEqual(sample)
    expect(codec.decodeDocument(old)).toStrictEqual({ ...sample, repairs: [] })
  })

  test('a version that cannot be read as the newest is broken, not a crash', () => {
    const foreign = { type: 'record', name: 'Document', namespace: 'millrace', fields: [{ name: 'id', type: 'long' }] }
    const codec = createCodec({ ids, older: [{ id: 3, name: 'document', schema: foreign }] })
    expect(refusal(() => codec.decodeDocument(Buffer.of(0, 0, 0, 0, 3, 2)))).toBe('avro_broken')
  })
})
