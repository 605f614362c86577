import { z } from 'zod'
import { defineTextMapper } from '../../../../topologies/operator.ts'
import { commonParameters } from '../../../../topologies/parameters.ts'
import { checkSubstitution, substitution } from '../../text/python-template.ts'

const checkPair = checkSubstitution([])

const parameters = commonParameters
  .extend({
    pattern: z
      .union([z.string(), z.array(z.string())])
      .nullish()
      .describe("regular expressions of Python's module regex for what is replaced, one after the other"),
    repl: z
      .union([z.string(), z.array(z.string())])
      .default('')
      .describe('replacement, with \\1 or \\g<name> for groups of the pattern; a list has one for each pattern'),
  })
  .superRefine(({ pattern, repl }, context) => {
    for (const [i, pair] of pairsOf(pattern, repl).entries()) {
      if (pair.repl !== undefined) checkPair({ pattern: pair.pattern, repl: pair.repl }, context)
      else context.addIssue({ code: 'custom', path: ['repl'], message: `Pattern ${i + 1} has no replacement.` })
    }
  })

export default defineTextMapper({
  name: 'replace_content_mapper',
  summary: 'Replaces what regular expressions match.',
  parameters,
  quirks: [
    'Each pattern is applied to what the one before it made.',
    'The dot matches line ends, and replacements beyond the number of patterns are not used.',
  ],
  examples: [
    {
      title: 'removes what a pattern matches',
      parameters: { pattern: '●■' },
      text: 'a●■b ■●',
      expect: { text: 'ab ■●' },
    },
    {
      title: 'gives back groups',
      parameters: { pattern: '(?P<day>\\d+)\\.(\\d+)\\.', repl: '\\2/\\g<day>' },
      text: '24.12.',
      expect: { text: '12/24' },
    },
    {
      title: 'pairs patterns with replacements, one after the other',
      parameters: { pattern: ['a', 'b'], repl: ['b', 'c'] },
      text: 'ab',
      expect: { text: 'cc' },
    },
    { title: 'does nothing without a pattern', text: 'a.b', expect: { text: 'a.b' } },
  ],
  create({ pattern, repl }) {
    const substitutes = pairsOf(pattern, repl).map((pair) => substitution(pair.pattern, pair.repl ?? ''))
    return (text) => substitutes.reduce((value, substitute) => substitute(value), text.value)
  },
})

/** Each pattern with its replacement, which a list that is too short has not. */
function pairsOf(pattern: string | string[] | null | undefined, repl: string | string[]) {
  const patterns = typeof pattern === 'string' ? [pattern] : (pattern ?? [])
  return patterns.map((one, i) => ({ pattern: one, repl: typeof repl === 'string' ? repl : repl[i] }))
}
