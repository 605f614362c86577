import { z } from 'zod'
import { defineSampleFilter } from '../../../../topologies/operator.ts'
import { filterParameters } from '../../../../topologies/parameters.ts'
import { copiedField, copyField } from '../../fields/copied-field.ts'
import { equals, type Value } from '../../python/comparison.ts'

export default defineSampleFilter({
  name: 'specified_field_filter',
  summary: 'Keeps samples in which a field has one of the values of a list.',
  parameters: filterParameters.extend({
    field_key: z.string().default('').describe('the field, with dots between the levels, such as meta.language'),
    target_value: z
      .array(z.json())
      .default([])
      .describe('values that are kept; a field that is a list must hold no others; none keeps all'),
  }),
  reasons: ['value_not_listed', 'value_listed'],
  quirks: [
    'A sample without the field fails, also where the list of values is empty.',
    'Numbers and booleans of one size are equal: 1, 1.0 and true.',
    'A field that is an empty list is kept.',
    'The path is taken level by level: a field with a dot in its own name is not found.',
  ],
  examples: [
    {
      title: 'keeps a value of the list',
      parameters: { field_key: 'meta.language', target_value: ['en', 'de'] },
      text: 'hello',
      fields: { meta: { language: 'en' } },
      expect: { keep: true },
    },
    {
      title: 'drops another',
      parameters: { field_key: 'meta.language', target_value: ['en', 'de'] },
      text: 'bonjour',
      fields: { meta: { language: 'fr' } },
      expect: { drop: 'value_not_listed' },
    },
    {
      title: 'asks every item of a list',
      parameters: { field_key: 'topics', target_value: ['art', 'music'] },
      text: 'hello',
      fields: { topics: ['art', 'war'] },
      expect: { drop: 'value_not_listed' },
    },
    {
      title: 'drops the listed ones when reversed',
      parameters: { field_key: 'source', target_value: ['spam'], reversed_range: true },
      text: 'hello',
      fields: { source: 'spam' },
      expect: { drop: 'value_listed' },
    },
    {
      title: 'fails where the field is missing',
      parameters: { field_key: 'meta.language', target_value: ['en'] },
      text: 'hello',
      expect: { fail: true },
    },
  ],
  create({ field_key: path, target_value: targets, reversed_range: reversed }) {
    // texts are looked up, all others are few enough to be compared one by one
    const texts = new Set<unknown>(targets.filter((target) => typeof target === 'string'))
    const others: Value[] = targets.filter((target) => typeof target !== 'string')
    return {
      stats: [path],
      measure: (subject) => copyField(subject, path),
      judge(stats, subject) {
        const value = copiedField(stats, subject, path)
        if (path === '' || targets.length === 0) return null
        const items: Value[] = Array.isArray(value) ? value : [value]
        const listed = items.every((item) => texts.has(item) || others.some((target) => equals(item, target)))
        if (listed !== reversed) return null
        return reversed ? 'value_listed' : 'value_not_listed'
      },
    }
  },
})
