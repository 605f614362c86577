import { defineSelector } from '../../../topologies/operator.ts'
import { commonParameters } from '../../../topologies/parameters.ts'
import { everything } from '../selection/choice.ts'
import { count, ratio } from '../selection/parameters.ts'
import { permutation } from '../selection/pcg64.ts'

/** Data-Juicer's seed, always the same. */
const SEED = 42

const parameters = commonParameters
  .extend({
    select_ratio: ratio('share of the documents that are kept; 0 counts as left out'),
    select_num: count('how many documents are kept; with select_ratio, where it is fewer'),
  })
  .superRefine(({ select_ratio: share, select_num: number }, context) => {
    if (share !== 0 || number) return
    context.addIssue({
      code: 'custom',
      path: ['select_ratio'],
      message: 'must be more than 0 where there is no select_num',
    })
  })

export default defineSelector({
  name: 'random_selector',
  summary: 'Keeps a random part of the documents, the same one in each run.',
  parameters,
  quirks: [
    'The documents come out shuffled, unless all are kept.',
    'More documents than there are repeat the whole data set. A ratio that comes to less than one document keeps all.',
  ],
  examples: [
    {
      title: 'keeps the third of three',
      parameters: { select_num: 1 },
      before: [{ text: 'a' }, { text: 'b' }],
      text: 'c',
      expect: { keep: true },
    },
    {
      title: 'drops the second of four',
      parameters: { select_ratio: 0.5 },
      before: [{ text: 'a' }],
      text: 'b',
      after: [{ text: 'c' }, { text: 'd' }],
      expect: { drop: 'not_selected' },
    },
  ],
  create({ select_ratio: share, select_num: number }) {
    return {
      view: () => null,
      select(views) {
        const whole = views.length
        const most = share ? Math.trunc(share * whole) : number
        const chosen = share && number && number < (most ?? 0) ? number : most
        if (whole <= 1 || !chosen || chosen === whole) return everything(whole)
        const order = permutation(SEED, whole)
        return Uint32Array.from({ length: chosen }, (_, i) => order[i % whole] ?? 0)
      },
    }
  },
})
