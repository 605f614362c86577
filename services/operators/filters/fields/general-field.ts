import { z } from 'zod'
import type { Stats } from '../../../../schemas/document.ts'
import { classify, Failure } from '../../../../topologies/failure.ts'
import { defineSampleFilter, type Subject } from '../../../../topologies/operator.ts'
import { filterParameters } from '../../../../topologies/parameters.ts'
import { evaluate } from '../../conditions/evaluation.ts'
import { parseCondition } from '../../conditions/parser.ts'
import { STATS, statsValue, storable } from '../../fields/copied-field.ts'
import { isTrue, METHOD, type Value, valueAt } from '../../python/comparison.ts'

const STAT = 'general_field_filter_condition'

export default defineSampleFilter({
  name: 'general_field_filter',
  summary: 'Keeps samples for which a condition on their fields is true.',
  parameters: filterParameters.extend({
    filter_condition: z
      .string()
      .default('')
      .describe(
        'expression of Python: fields, their members behind a dot, constants, lists, comparisons, in, and, or, not; none keeps all',
      )
      .superRefine((condition, context) => {
        try {
          if (condition !== '') parseCondition(condition)
        } catch (thrown) {
          context.addIssue({ code: 'custom', message: classify(thrown).message.replace(/\.$/, '') })
        }
      }),
  }),
  reasons: ['condition_false'],
  quirks: [
    'A comparison with None, or with a field that is missing, is false; `not in` alone is true. `x is not None` and `x == None` are always false.',
    'Such a comparison ends its chain: what follows in `a < b < c` is not asked.',
    'Comparing a text with a number fails the sample, but == and != do not.',
    'The bounds and reversed_range have no effect.',
  ],
  examples: [
    {
      title: 'keeps what the condition is true for',
      parameters: { filter_condition: '10 < num <= 30 and text != "nothing here"' },
      text: 'hello',
      fields: { num: 20 },
      expect: { keep: true },
    },
    {
      title: 'looks into objects and lists',
      parameters: { filter_condition: 'meta.language in ["en", "de"] and not meta.spam' },
      text: 'hello',
      fields: { meta: { language: 'en', spam: true } },
      expect: { drop: 'condition_false' },
    },
    {
      title: 'takes every comparison with a missing field for false',
      parameters: { filter_condition: 'score != 1' },
      text: 'hello',
      expect: { drop: 'condition_false' },
    },
    {
      title: 'keeps all without a condition',
      text: 'hello',
      expect: { keep: true },
    },
    {
      title: 'fails where Python cannot compare',
      parameters: { filter_condition: 'stars > 10' },
      text: 'hello',
      fields: { stars: 'many' },
      expect: { fail: true },
    },
  ],
  create({ filter_condition: condition }) {
    const judge = (stats: Stats) => (STAT in stats && !isTrue(stats[STAT] ?? null) ? 'condition_false' : null)
    if (condition === '') return { stats: [], measure: () => ({}), judge }
    const expression = parseCondition(condition)
    return {
      stats: [STAT],
      measure: (subject) => ({ [STAT]: statOf(evaluate(expression, (name) => named(subject, name))) }),
      judge,
    }
  },
})

/** A field by its name, or the stats so far. */
function named(subject: Subject, name: string): Value | undefined {
  return name === STATS ? statsValue(subject) : valueAt(subject, name)
}

/** A value that no stat can hold is noted as its truth. */
function statOf(value: Value) {
  if (value === METHOD)
    throw new Failure('operator_failed', 'The condition gives a method of Python, which is no value.')
  const stat = storable(value)
  return stat === undefined ? isTrue(value) : stat
}
