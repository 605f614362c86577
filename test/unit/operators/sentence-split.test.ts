import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { assetDirectory } from '../../../services/assets/directory.ts'
import { splitSentences } from '../../../services/operators/sentences/boundaries.ts'
import { loadParameters } from '../../../services/operators/sentences/parameters.ts'
import { classify } from '../../../topologies/failure.ts'

const english = loadParameters('english', assetDirectory('test/support/assets'))
const blanks = /[\s\x1c-\x1f\x85]+/g
const prose = fc
  .array(fc.oneof(fc.constantFrom('.', '?', '!', '"', ')', '--', ',', ' ', '\n', 'Mr', 'a', 'The', '5'), fc.string()))
  .map((parts) => parts.join(''))

describe('splitting sentences', () => {
  test('changes nothing but blanks', () => {
    fc.assert(
      fc.property(prose, (text) => {
        expect(splitSentences(text, english).replaceAll(blanks, '')).toBe(text.replaceAll(blanks, ''))
      }),
    )
  })

  test('takes time in proportion to the text, whatever it is made of', () => {
    for (const part of ['. ', 'a?)', '. . ', '."', 'a.-', '1. A ']) {
      const started = performance.now()
      splitSentences(part.repeat(100_000), english)
      expect(performance.now() - started).toBeLessThan(2000)
    }
  })

  test('says where the parameters of a language come from when they are missing', () => {
    const failure = classify(thrownBy(() => loadParameters('french', assetDirectory('test/support/assets'))))
    expect(failure.code).toBe('asset_missing')
    expect(failure.message).toContain('punkt_tab')
  })

  test('refuses parameters that are no table', () => {
    const broken = { ...assetDirectory('.'), readAsset: () => new TextEncoder().encode('word\n') }
    expect(classify(thrownBy(() => loadParameters('english', broken))).code).toBe('asset_invalid')
  })
})

function thrownBy(action: () => unknown): unknown {
  try {
    action()
    return undefined
  } catch (thrown) {
    return thrown
  }
}
