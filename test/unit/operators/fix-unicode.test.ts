import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import fixUnicode from '../../../services/operators/mappers/normalizing/fix-unicode.ts'
import { isBad } from '../../../services/operators/unicode/badness.ts'
import { BYTE_CHARSETS, encode, possibleCharsets } from '../../../services/operators/unicode/byte-charsets.ts'
import { fixText } from '../../../services/operators/unicode/fix-text.ts'
import { skipAmpersandPasses, unescapeHtml } from '../../../services/operators/unicode/html-entities.ts'
import { normalizeAsUnicode14 } from '../../../services/operators/unicode/unicode-14.ts'
import { decodeUtf8 } from '../../../services/operators/unicode/utf8-repair.ts'
import type { OperatorContext } from '../../../topologies/operator.ts'
import { Text } from '../../../topologies/text.ts'

/** A recorded answer of Data-Juicer 1.6.1 with ftfy 6.3.1 on Python 3.11. */
interface Vector {
  parameters: Record<string, unknown>
  input: { text: string }
  expected: { verdict: 'keep' | 'fail'; documents: { text: string }[] }
}

const VECTORS = new URL('../../vectors/fix_unicode_mapper.jsonl.gz', import.meta.url)
const vectors: Vector[] = gunzipSync(readFileSync(VECTORS))
  .toString()
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line))

const withoutAssets: OperatorContext = {
  assets: '',
  readAsset: (name) => {
    throw new Error(`asked for ${name}`)
  },
  listAssets: () => [],
}

function answer(parameters: Record<string, unknown>, text: string): string {
  return fixUnicode.create(fixUnicode.parameters.parse(parameters), withoutAssets)(new Text(text))
}

function shown(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
}

describe('fix_unicode_mapper', () => {
  const kept = vectors.filter(({ expected }) => expected.verdict === 'keep')
  const refused = vectors.filter(({ expected }) => expected.verdict === 'fail')

  test('has vectors of both kinds', () => {
    expect(kept.length).toBeGreaterThan(600)
    expect(refused.length).toBeGreaterThan(0)
  })

  test.each(
    kept.map((vector, index) => ({
      ...vector,
      title: `${index} ${JSON.stringify(vector.parameters)} ${shown(vector.input.text)}`,
    })),
  )('answers as Data-Juicer does: $title', ({ parameters, input, expected }) => {
    expect(answer(parameters, input.text) === expected.documents[0]?.text, shown(answer(parameters, input.text))).toBe(
      true,
    )
  })

  test.each(refused)('refuses the parameters $parameters', ({ parameters }) => {
    expect(fixUnicode.parameters.safeParse(parameters).success).toBe(false)
  })

  test.each(fixUnicode.examples)('shows $title', ({ parameters = {}, text, expect: fate }) => {
    expect({ text: answer(parameters, text) }).toEqual(fate)
  })
})

const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom(...'Ã©â€™ÂœŒðŸ“”’，；＆&lt;amp#x9\u00a0\u0301\ud83d\r\x00\x1b[m') }),
)

describe('the repair of a text', () => {
  test('returns printable ASCII without an ampersand as the same string', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((unit) => String.fromCharCode(unit)) }),
        (text) => {
          const clean = text.replaceAll('&', '+')
          expect(fixText(clean, 'NFC')).toBe(clean)
        },
      ),
    )
  })

  test('treats every line for itself as long as there is no markup', () => {
    fc.assert(
      fc.property(fc.array(hostile), (parts) => {
        const lines = parts.map((part) => `${part.replaceAll(/[\n<]/g, '')}\n`)
        expect(fixText(lines.join(''), 'NFC')).toBe(lines.map((line) => fixText(line, 'NFC')).join(''))
      }),
    )
  })

  test('leaves no lone surrogate, no control character and no curly quote', () => {
    fc.assert(
      fc.property(hostile, fc.constantFrom('NFC' as const, 'NFKD' as const), (text, form) => {
        const fixed = fixText(text, form)
        expect(fixed.isWellFormed()).toBe(true)
        expect(fixed).not.toMatch(/[\0-\x08\x0b\x0e-\x1f\x7f\ufeff\u2018-\u201f\r]/)
      }),
      { numRuns: 500 },
    )
  })

  test('gives back prose that was read in the wrong charset, once or twice', () => {
    const prose = 'Déjà vu – “naïve” façade… 10 € × 3'
    const western = BYTE_CHARSETS.find(({ name }) => name === 'windows-1252')
    const misread = (text: string) =>
      [...Buffer.from(text)]
        .map((byte) => (byte < 0x80 ? String.fromCharCode(byte) : western?.upper[byte - 0x80]))
        .join('')
    const expected = 'Déjà vu – "naïve" façade… 10 € × 3'
    expect(fixText(misread(prose), 'NFC')).toBe(expected)
    expect(fixText(misread(misread(prose)), 'NFC')).toBe(expected)
  })

  test('stays linear in the length of a line without a break', () => {
    const line = '“Ã©” &amp; ﬁ '.repeat(80_000)
    const start = performance.now()
    fixText(line, 'NFC')
    expect(performance.now() - start).toBeLessThan(5_000)
  })
})

describe('the byte charsets', () => {
  test.each(BYTE_CHARSETS)('$name encodes each of its characters as the byte that it comes from', (charset) => {
    expect(encode(charset.upper, charset)).toBe(
      String.fromCharCode(...Array.from({ length: 128 }, (_, index) => 0x80 + index)),
    )
    expect(possibleCharsets(charset.upper) & (1 << BYTE_CHARSETS.indexOf(charset))).not.toBe(0)
  })

  test('only the sloppy ones have a byte for a lost character', () => {
    const possible = possibleCharsets('\ufffd')
    expect(BYTE_CHARSETS.filter((_, index) => possible & (1 << index))).toEqual(
      BYTE_CHARSETS.filter(({ sloppy }) => sloppy),
    )
  })
})

describe('the decoder of UTF-8 and its variants', () => {
  test.each([
    ['plain UTF-8', '\xe4\xb8\xad', '中'],
    ['a byte order mark, which stays', '\xef\xbb\xbfa', '\ufeffa'],
    ['a pair of surrogates in three bytes each', '\xed\xa0\xbd\xed\xb8\x8d', '😍'],
    ["Java's null", 'a\xc0\x80b', 'a\0b'],
    ['a Hangul syllable that shares its first byte with surrogates', '\xed\x95\x9c', '한'],
    ['a lone surrogate', '\xed\xa0\xbd', null],
    ['a sequence that is longer than it need be', '\xc0\xaf', null],
    ['a sequence that ends early', 'a\xe4\xb8', null],
  ])('reads %s', (_, bytes, text) => {
    expect(decodeUtf8(bytes)).toBe(text)
  })
})

describe('the sense for mojibake', () => {
  test.each(['â€™', 'Ã©', 'вЂњ', '‚Äì', 'c\x85d', 'Ã '])('suspects %j', (text) => {
    expect(isBad(text)).toBe(true)
  })

  test.each(['Der Fluß fließt', 'œuvre', '“¿Qué?”', 'Все люди', 'ÅÄÖ', '中文', '¯\\_(ツ)_/¯'])(
    'does not suspect %j',
    (text) => {
      expect(isBad(text)).toBe(false)
    },
  )
})

describe('normalization as of Unicode 14', () => {
  test('leaves code points that came later alone, and composes what stands beside them', () => {
    expect(normalizeAsUnicode14('\u{105d2}\u0307e\u0301', 'NFC')).toBe('\u{105d2}\u0307é')
    expect(normalizeAsUnicode14('a\u0897\u0323', 'NFC')).toBe('a\u0897\u0323')
    expect(normalizeAsUnicode14('\ua7f1①', 'NFKC')).toBe('\ua7f11')
  })
})

describe('ampersands that were escaped again and again', () => {
  const escaped = (times: number) => `&${'amp;'.repeat(times)}`

  test('are resolved to the end, however often that was', () => {
    expect(fixText(`${escaped(50_000)}lt; ${escaped(49_990)}x`, 'NFC')).toBe('< &x')
  })

  test('are resolved as by one pass after the other', () => {
    const piece = fc.constantFrom(
      '&',
      'amp;',
      'amp;amp;amp;',
      'AMP;',
      '#38;',
      '#x026;',
      'lt;',
      'foo;',
      '#97;mp;',
      'Atilde;',
      'copy;',
      'a',
      ' ',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        let text = pieces.join('')
        const passes = [text]
        for (let next = unescapeHtml(text); next !== text; next = unescapeHtml(text)) {
          passes.push(next)
          text = next
        }
        const [before = '', after = before] = passes
        expect(passes).toContain(skipAmpersandPasses(before, after))
      }),
    )
  })
})
