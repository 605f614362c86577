import { z } from 'zod'
import type { Exact } from '../../../../schemas/json/exact.ts'
import { defineSampleMapper, TAGS } from '../../../../topologies/operator.ts'
import { commonParameters } from '../../../../topologies/parameters.ts'
import { str } from '../../python/spelling.ts'
import { get, isDict } from '../../python/values.ts'
import { strip } from '../../text/python-strings.ts'

export default defineSampleMapper({
  name: 'agent_tool_type_mapper',
  summary: 'Tags an agent transcript with the tools that it uses most.',
  parameters: commonParameters.extend({
    tool_types_meta_key: z
      .string()
      .default('agent_tool_types')
      .describe('tag that holds the names of the tools, as agent_dialog_normalize_mapper writes it'),
    primary_key: z.string().default('primary_tool_type').describe('tag for the most frequent name'),
    dominant_key: z.string().default('dominant_tool_types').describe('tag for the list of frequent names'),
    top_k_dominant: z.int().nullable().default(5).describe('names in that list at most; all when null'),
  }),
  tags: true,
  quirks: ['agent_dialog_normalize_mapper writes each name once, so behind it the primary tool is the first one.'],
  examples: [
    {
      title: 'takes the most frequent name, the first of equals',
      parameters: { top_k_dominant: 2 },
      text: 'a transcript',
      fields: { __dj__meta__: { agent_tool_types: ['read', ' grep', 'edit', 'grep', 'edit'] } },
      expect: {
        documents: [
          {
            text: 'a transcript',
            __dj__meta__: {
              agent_tool_types: ['read', ' grep', 'edit', 'grep', 'edit'],
              primary_tool_type: 'grep',
              dominant_tool_types: ['grep', 'edit'],
            },
          },
        ],
      },
    },
    {
      title: 'says so where no tool is named',
      text: 'a transcript',
      fields: { __dj__meta__: { agent_tool_types: [''] } },
      expect: {
        documents: [
          {
            text: 'a transcript',
            __dj__meta__: { agent_tool_types: [''], primary_tool_type: null, dominant_tool_types: [] },
          },
        ],
      },
    },
    {
      title: 'fails where the tags are no object',
      text: 'a transcript',
      fields: { __dj__meta__: [] },
      expect: { fail: true },
    },
  ],
  create({ tool_types_meta_key, primary_key, dominant_key, top_k_dominant }) {
    return (subject) => {
      const tags = subject.exact(TAGS)
      const names = namesOf(isDict(tags) ? get(tags, tool_types_meta_key) : undefined)
      const dominant = byFrequency(names).slice(0, Math.max(0, top_k_dominant ?? names.length))
      return [{ tags: { [primary_key]: dominant[0] ?? null, [dominant_key]: dominant } }]
    }
  },
})

/** The names in a list, without blanks around them; whatever is no string is written as Python does. */
function namesOf(list: Exact | undefined): string[] {
  if (!Array.isArray(list)) return []
  return list.map((item) => strip(str(item))).filter((name) => name !== '')
}

function byFrequency(names: string[]): string[] {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts].sort(([, a], [, b]) => b - a).map(([name]) => name)
}
