import fc from 'fast-check'
import { expect, test } from 'vitest'
import { catalog } from '../../../../services/operators/catalog.ts'
import { converterFor } from '../../../../services/operators/chinese/conversion.ts'
import { fixText } from '../../../../services/operators/unicode/fix-text.ts'
import { Text } from '../../../../topologies/text.ts'
import { storeOf } from '../sensitive/asset-store.ts'

function normalizer(parameters: Record<string, unknown> = {}): (text: string) => string {
  const definition = catalog.get('text_normalize_mapper')
  if (definition?.kind !== 'mapper' || definition.on !== 'text') throw new Error('not a mapper of texts')
  const map = definition.create(definition.parameters.parse(parameters), storeOf({}))
  return (text) => map(new Text(text))
}

const any = fc.string({ unit: fc.integer({ max: 0xffff, min: 0 }).map((unit) => String.fromCharCode(unit)) })

test('is the repair and the conversion one after the other', () => {
  const convert = converterFor('t2s')
  const normalize = normalizer()
  const chinese = fc.string({ unit: fc.constantFrom('漢', '語', '乾', '坤', '發', 'Ａ', 'Ã', '³', ' ', '\n') })
  fc.assert(fc.property(chinese, (text) => normalize(text) === convert(fixText(text, 'NFKC'))))
})

test('loses nothing behind a NUL and fails on no string', () => {
  const normalize = normalizer({ fix_unicode: false })
  expect(normalize('漢\0語\ud800乾')).toBe('汉\0语\ud800干')
  fc.assert(fc.property(any, (text) => normalize(text).length > 0 || text === ''))
  fc.assert(
    fc.property(any, (text) => typeof normalizer()(text) === 'string'),
    { numRuns: 20 },
  )
})

test('is the same string where there is nothing to do', () => {
  expect(normalizer({ fix_unicode: false, to_simplified: false })('漢Ａ')).toBe('漢Ａ')
})
