import { defineSelector } from '../../../topologies/operator.ts'
import { commonParameters } from '../../../topologies/parameters.ts'
import { everything, ranked, requireField } from '../selection/choice.ts'
import { LARGEST, numberAt } from '../selection/fields.ts'
import { count, fieldKey, ratio } from '../selection/parameters.ts'

export default defineSelector({
  name: 'range_specified_field_selector',
  summary: 'Keeps the documents whose values of a field rank within a window, counted from the smallest.',
  parameters: commonParameters.extend({
    field_key: fieldKey,
    lower_percentile: ratio('the window begins behind this share of the documents'),
    upper_percentile: ratio('the window ends with this share of the documents'),
    lower_rank: count('the window begins behind this many documents; with lower_percentile, where it is more'),
    upper_rank: count('the window ends with this many documents; with upper_percentile, where it is fewer'),
  }),
  quirks: [
    'All documents stay unless both a lower and an upper end are given.',
    'The documents come out from the largest value to the smallest.',
    'Texts count as the numbers that they spell, lists as their mean, and what is neither as less than all numbers.',
  ],
  examples: [
    {
      title: 'keeps the middle one of three',
      parameters: { field_key: 'stars', lower_rank: 1, upper_rank: 2 },
      before: [{ text: 'a', stars: 3 }],
      text: 'b',
      fields: { stars: 5 },
      after: [{ text: 'c', stars: 7 }],
      expect: { keep: true },
    },
    {
      title: 'drops what ranks below',
      parameters: { field_key: 'stars', lower_percentile: 0.5, upper_percentile: 1 },
      before: [{ text: 'a', stars: 9 }],
      text: 'b',
      fields: { stars: 5 },
      expect: { drop: 'not_selected' },
    },
  ],
  create(parameters) {
    const {
      field_key: path,
      lower_percentile: from,
      upper_percentile: to,
      lower_rank: least,
      upper_rank: most,
    } = parameters
    const isIdle = path === '' || (from == null && least == null) || (to == null && most == null)
    return {
      view: (subject) => (isIdle ? null : numberAt(subject, path, -LARGEST)),
      select(views) {
        const whole = views.length
        if (isIdle || whole <= 1) return everything(whole)
        requireField(views, path)
        const lower = Math.max(Math.trunc((from ?? 0) * whole), least ?? 0)
        const upper = Math.max(lower, Math.min(to == null ? whole : Math.trunc(to * whole), most ?? whole))
        const smallest = ranked(
          views.map((view) => view ?? -LARGEST),
          false,
        ).subarray(0, upper)
        const within = Array.from(smallest, (place) => views[place] ?? -LARGEST)
        return ranked(within, true)
          .subarray(0, upper - lower)
          .map((place) => smallest[place] ?? 0)
      },
    }
  },
})
