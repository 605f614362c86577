import fc from 'fast-check'
import { expect, test } from 'vitest'
import { catalog } from '../../../../services/operators/catalog.ts'
import { Text } from '../../../../topologies/text.ts'
import { storeOf } from '../sensitive/asset-store.ts'

test('parts are what splitting gives, less empty ones', () => {
  const definition = catalog.get('part_count_filter')
  if (definition?.kind !== 'filter' || definition.on !== 'text') throw new Error('not a filter of texts')
  const separators = fc.constantFrom(' ', '\n\n', 'aa', '。')
  const texts = fc.string({ unit: fc.constantFrom(' ', '\n', 'a', 'b', '。') })
  fc.assert(
    fc.property(separators, texts, (separator, text) => {
      const { measure } = definition.create(definition.parameters.parse({ separator }), storeOf({}))
      expect(measure(new Text(text)).part_count).toBe(text.split(separator).filter((part) => part !== '').length)
    }),
  )
})
