import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { catalog } from '../../../services/operators/catalog.ts'
import { runOperator } from '../../support/vectors.ts'

const definition = catalog.get('expand_macro_mapper')
if (!definition) throw new Error('The catalog has no expand_macro_mapper.')
const verdictOf = runOperator(definition, {})
const expand = (text: string) => verdictOf({ text }).documents[0]?.text

/** More macros than are looked for one by one; none is used. */
const UNUSED = Array.from({ length: 12 }, (_, i) => `\\def\\unused${i}{q}\n`).join('')
const UNUSED_EXPANDED = '\\defq{q}\n'.repeat(12)

const command = fc.constantFrom('\\a', '\\b', '\\ab', '\\a1')
const piece = fc.oneof(command, fc.constantFrom('a', 'b', '1', ' ', '.', '\\', '\n', 'é', '😀'))
const pieces = fc.array(piece, { maxLength: 8 }).map((all) => all.join(''))
const value = pieces.map((text) => text.replaceAll('\n', ''))
const line = fc.oneof(
  pieces,
  fc.tuple(command, value).map(([name, body]) => `\\newcommand{${name}}{${body}}\n`),
  fc.tuple(command, value).map(([name, body]) => `\\def${name}{${body}}\n`),
)

describe('expansion of macros', () => {
  test('gives the same text whether macros are few or many', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
        const text = `${lines.join('')}\n`
        expect(expand(text + UNUSED)).toBe(expand(text) + UNUSED_EXPANDED)
      }),
    )
  })

  test.each([9, 40])('ends with a failed document when %i macros use each other to grow', (macros) => {
    const uses = macros > 10 ? 2 : 30
    const bomb = Array.from({ length: macros }, (_, i) => `\\def\\a${i}{${`\\a${i + 1} `.repeat(uses)}}\n`).join('')
    expect(verdictOf({ text: `${bomb}\\a0 ` }).verdict).toBe('fail')
  })
})
