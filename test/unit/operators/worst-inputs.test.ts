import { describe, expect, test } from 'vitest'
import type { Sample } from '../../../schemas/sample.ts'
import { measurable, operatorRun, sampleOf } from '../../bench/operator-cost.ts'
import { fieldsAround, settingOf } from '../../bench/samples/settings.ts'
import { type WorstText, worstTexts } from '../../support/worst-texts.ts'

const SMALL = 2 ** 13
const LARGE = 4 * SMALL
/** Seconds below which a text of the larger size is no worry, whatever they grow like. */
const HARMLESS = 0.008
/** A text four times as long takes four times as long, or sixteen times where time goes by the square. */
const MOST_GROWTH = 9

/** Texts of the larger size; operators on transcripts get them as transcripts. */
const plain = worstTexts().map((text) => ({ ...text, sample: sampleAround(text, LARGE, 'clean_links_mapper') }))
const transcripts = worstTexts().map((text) => ({ ...text, sample: sampleAround(text, LARGE, 'usage_counter_mapper') }))

describe('The time of an operator does not go by the square of the length', () => {
  test.each(measurable())('$name', (operator) => {
    const { kind, parameters } = settingOf(operator.name)
    const run = operatorRun(operator, parameters, 'test/support/assets')
    const seconds = (sample: Sample) => run([sample]).seconds
    /** How many times as long the larger text takes, the best of several runs of each. */
    const growth = (text: WorstText & { sample: Sample }) => {
      const least = (sample: Sample) => Math.min(...Array.from({ length: 5 }, () => seconds(sample)))
      const large = least(text.sample)
      return large > HARMLESS ? large / least(sampleAround(text, SMALL, operator.name)) : 1
    }
    const slow = (kind === 'agent' ? transcripts : plain).filter(({ sample }) => seconds(sample) > HARMLESS)
    expect(slow.filter((text) => growth(text) > MOST_GROWTH).map(({ title }) => title)).toEqual([])
  })
})

function sampleAround({ make }: WorstText, length: number, operator: string): Sample {
  const text = make(length)
  return sampleOf({ text, ...fieldsAround(text, settingOf(operator)) })
}
