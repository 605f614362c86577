import { z } from 'zod'
import type { View } from '../../../topologies/dataset/operator.ts'
import { defineSelector } from '../../../topologies/operator.ts'
import { commonParameters } from '../../../topologies/parameters.ts'
import { everything, requireField } from '../selection/choice.ts'
import { scalarAt } from '../selection/fields.ts'
import { fieldKey } from '../selection/parameters.ts'

export default defineSelector({
  name: 'tags_specified_field_selector',
  summary: 'Keeps the documents whose value of a field is one of a list.',
  parameters: commonParameters.extend({
    field_key: fieldKey,
    target_tags: z.array(z.union([z.string(), z.number(), z.boolean(), z.null()])).describe('the values that are kept'),
  }),
  quirks: [
    'Numbers and booleans of one size are equal: 1, 1.0 and true.',
    'A single document is kept whatever its value.',
  ],
  examples: [
    {
      title: 'keeps a listed value',
      parameters: { field_key: 'meta.language', target_tags: ['en', 'de'] },
      before: [{ text: 'bonjour', meta: { language: 'fr' } }],
      text: 'hello',
      fields: { meta: { language: 'en' } },
      expect: { keep: true },
    },
    {
      title: 'drops another',
      parameters: { field_key: 'meta.language', target_tags: ['en', 'de'] },
      text: 'bonjour',
      fields: { meta: { language: 'fr' } },
      after: [{ text: 'hello', meta: { language: 'en' } }],
      expect: { drop: 'not_selected' },
    },
  ],
  create({ field_key: path, target_tags: tags }) {
    const targets = new Set<View>(tags.map(asKey))
    return {
      view: (subject) => (path === '' ? null : scalarAt(subject, path)),
      select(views) {
        if (path === '' || views.length <= 1) return everything(views.length)
        requireField(views, path)
        return everything(views.length).filter((place) => targets.has(asKey(views[place] ?? null)))
      },
    }
  },
})

function asKey(view: View): View {
  return typeof view === 'boolean' ? Number(view) : view
}
