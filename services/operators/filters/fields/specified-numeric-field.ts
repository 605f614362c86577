import { z } from 'zod'
import { Failure } from '../../../../topologies/failure.ts'
import { defineSampleFilter } from '../../../../topologies/operator.ts'
import { type FilterParameters, filterParameters } from '../../../../topologies/parameters.ts'
import { bound, RANGE_REASONS } from '../../bounds.ts'
import { copiedField, copyField } from '../../fields/copied-field.ts'
import { asNumber, isTrue, kindOf, type Value } from '../../python/comparison.ts'
import { floatOfText } from '../../python/float-text.ts'

/** Data-Juicer's default bounds are the integers ±(2^63 - 1), which no double is; ±2^63 itself lies outside. */
const OUTSIDE = 2 ** 63

export default defineSampleFilter({
  name: 'specified_numeric_field_filter',
  summary: 'Keeps samples in which the number in a field is within a range.',
  parameters: filterParameters.extend({
    field_key: z.string().default('').describe('the field, with dots between the levels, such as meta.stars'),
    min_value: bound(-OUTSIDE, 'least value that is kept; null for no minimum'),
    max_value: bound(OUTSIDE, 'largest value that is kept; null for no maximum'),
  }),
  reasons: [...RANGE_REASONS, 'not_numeric'],
  quirks: [
    'The number 0 and false count as no number and are dropped; the text "0" is a number.',
    'Texts are read as Python does: " 1_000 ", "1e3" and "inf" are numbers, "0x10" is none.',
    'A sample without the field fails, and one in which it is a list or an object with something in it.',
    'The path is taken level by level: a field with a dot in its own name is not found.',
  ],
  examples: [
    {
      title: 'keeps a number within the range',
      parameters: { field_key: 'meta.stars', min_value: 10, max_value: 100 },
      text: 'hello',
      fields: { meta: { stars: 42 } },
      expect: { keep: true },
      stats: { 'meta.stars': 42 },
    },
    {
      title: 'reads texts',
      parameters: { field_key: 'stars', min_value: 1000 },
      text: 'hello',
      fields: { stars: ' 1_000 ' },
      expect: { keep: true },
    },
    {
      title: 'drops what is too small',
      parameters: { field_key: 'stars', min_value: 10 },
      text: 'hello',
      fields: { stars: 3 },
      expect: { drop: 'below_minimum' },
    },
    {
      title: 'takes 0 for no number',
      parameters: { field_key: 'stars' },
      text: 'hello',
      fields: { stars: 0 },
      expect: { drop: 'not_numeric' },
    },
    {
      title: 'fails where the field is missing',
      parameters: { field_key: 'stars' },
      text: 'hello',
      expect: { fail: true },
    },
  ],
  create(parameters) {
    const { field_key: path, min_value: minimum, max_value: maximum } = parameters
    return {
      stats: [path],
      measure: (subject) => copyField(subject, path),
      judge(stats, subject) {
        const value = copiedField(stats, subject, path)
        if (path === '') return null
        const number = isTrue(value) ? toNumber(value) : null
        return number === null ? 'not_numeric' : outOfRange(number, { minimum, maximum }, parameters)
      },
    }
  },
})

/** Python's `float(value)`; null for a text that is no number. */
function toNumber(value: Value): number | null {
  if (typeof value === 'string') return floatOfText(value)
  const number = asNumber(value)
  if (number !== null) return Number(number)
  throw new Failure('operator_failed', `${kindOf(value)} is in the field where a number is asked for.`)
}

/** The reason to drop a number, or null. An end that is null is not asked, so that also NaN passes it. */
function outOfRange(
  value: number,
  { minimum, maximum }: { minimum: number | null; maximum: number | null },
  flags: FilterParameters,
): string | null {
  const reversed = flags.reversed_range
  const minClosed = flags.min_closed_interval !== reversed && minimum !== -OUTSIDE
  const maxClosed = flags.max_closed_interval !== reversed && maximum !== OUTSIDE
  const above = minimum === null || value > minimum || (minClosed && value === minimum)
  const below = maximum === null || value < maximum || (maxClosed && value === maximum)
  if ((above && below) !== reversed) return null
  if (reversed) return 'inside_range'
  return above ? 'above_maximum' : 'below_minimum'
}
