import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readTextClassifier } from '../../../services/models/fasttext/model.ts'
import { readLanguageModel } from '../../../services/models/kenlm/model.ts'
import { readPieceTokenizer } from '../../../services/models/sentencepiece/tokenizer.ts'
import { readTextTokenizer } from '../../../services/models/tokenizers/tokenizer.ts'
import { Failure } from '../../../topologies/failure.ts'

const READERS: [file: string, read: (name: string, bytes: Uint8Array) => unknown][] = [
  ['lid.176.bin', readTextClassifier],
  ['en.sp.model', readPieceTokenizer],
  ['zh.sp.model', readPieceTokenizer],
  ['en.arpa.bin', readLanguageModel],
  ['zh.arpa.bin', readLanguageModel],
  ['EleutherAI/pythia-6.9b-deduped/tokenizer.json', readTextTokenizer],
]

describe.each(READERS)('the reader of %s', (file, read) => {
  const bytes = new Uint8Array(readFileSync(`test/support/assets/${file}`))

  test('reads it', () => {
    expect(() => read(file, bytes)).not.toThrow()
  })

  test('refuses it where it is cut short, and says so', () => {
    for (const share of [0, 0.001, 0.01, 0.1, 0.5, 0.9]) {
      const thrown = thrownBy(() => read(file, bytes.slice(0, Math.floor(bytes.length * share))))
      expect(thrown).toMatchObject({ code: 'asset_invalid' })
      expect(thrown?.message).toContain(file)
    }
  })

  test('refuses what is another file', () => {
    const foreign = [new TextEncoder().encode('a text of its own\n'.repeat(50)), new Uint8Array(4096)]
    for (const other of foreign) expect(thrownBy(() => read(file, other))).toMatchObject({ code: 'asset_invalid' })
  })

  test('throws nothing but failures whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.nat(Math.min(bytes.length, 4000) - 1), fc.nat(255), (place, byte) => {
        const damaged = bytes.slice()
        damaged[place] = byte
        expect(thrownBy(() => read(file, damaged)) ?? new Failure('asset_invalid', '')).toBeInstanceOf(Failure)
      }),
      { numRuns: 25 },
    )
  })
})

function thrownBy(work: () => unknown): (Error & { code?: unknown }) | null {
  try {
    work()
    return null
  } catch (thrown) {
    return thrown instanceof Error ? thrown : new Error(String(thrown))
  }
}
