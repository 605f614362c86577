import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { assetDirectory } from '../../../../services/assets/directory.ts'
import {
  confuseCharacters,
  deleteCharacters,
  insertCharacters,
  swapCharacters,
} from '../../../../services/operators/augmentation/character-noise.ts'
import {
  loadHomophones,
  loadSegmenter,
  loadSimilarWords,
} from '../../../../services/operators/augmentation/chinese-assets.ts'
import {
  deleteCharacters as deleteChinese,
  EQUIVALENT_NUMBERS,
  exchangeCharacters,
  replaceCharacters,
  replaceWords,
} from '../../../../services/operators/augmentation/chinese-rewritings.ts'
import { KEYBOARD, PRINT } from '../../../../services/operators/augmentation/confusions.ts'
import { Draws } from '../../../../services/operators/augmentation/draws.ts'
import { loadMisspellings } from '../../../../services/operators/augmentation/misspellings.ts'
import { type Noise, originalOf, withNoise } from '../../../../services/operators/augmentation/noise.ts'
import { type Rewriting, versionsOf } from '../../../../services/operators/augmentation/rewriting.ts'
import {
  deleteWords,
  misspellWords,
  splitWords,
  swapWords,
} from '../../../../services/operators/augmentation/word-noise.ts'

/** How often Data-Juicer 1.6.1, seeded by chance, made each copy of a text; the empty one stands for none. */
const recorded = z
  .array(
    z.object({
      operator: z.string(),
      method: z.string(),
      text: z.string(),
      outcomes: z.record(z.string(), z.number()),
    }),
  )
  .parse(JSON.parse(readFileSync(new URL('outcomes.json', import.meta.url), 'utf8')))

/** Runs of Data-Juicer, and of ours. */
const RUNS = 4000
/** Copies rarer than that may be missing in one of two samples by chance. */
const RARE = RUNS / 100
/** Two samples of this size of one distribution are up to 0.045 apart when it has twenty outcomes. */
const TOLERANCE = 0.06

const context = assetDirectory('test/support/assets')
const similar = loadSimilarWords(context)
const segmenter = loadSegmenter({ similar: similar.listed, methods: 1 }, context)

const METHODS: Record<string, (text: string, draws: Draws) => string> = {
  'nlpaug_en_mapper delete_random_word': noisy(deleteWords),
  'nlpaug_en_mapper swap_random_word': noisy(swapWords),
  'nlpaug_en_mapper spelling_error_word': noisy(misspellWords(loadMisspellings(context))),
  'nlpaug_en_mapper split_random_word': noisy(splitWords),
  'nlpaug_en_mapper keyboard_error_char': noisy(confuseCharacters(KEYBOARD, { shortest: 4, fewest: 1 })),
  'nlpaug_en_mapper ocr_error_char': noisy(confuseCharacters(PRINT, { shortest: 1, fewest: 2 })),
  'nlpaug_en_mapper delete_random_char': noisy(deleteCharacters),
  'nlpaug_en_mapper swap_random_char': noisy(swapCharacters),
  'nlpaug_en_mapper insert_random_char': (text, draws) => noisy(insertCharacters)(text, draws).replace(/[^é]/g, '*'),
  'nlpcda_zh_mapper replace_similar_word': rewritten(replaceWords(similar.choices, segmenter)),
  'nlpcda_zh_mapper replace_homophone_char': rewritten(replaceCharacters(loadHomophones(context))),
  'nlpcda_zh_mapper delete_random_char': rewritten(deleteChinese(segmenter)),
  'nlpcda_zh_mapper swap_random_char': rewritten(exchangeCharacters),
  'nlpcda_zh_mapper replace_equivalent_num': rewritten(replaceCharacters(EQUIVALENT_NUMBERS)),
}

test.each(recorded)('$operator with $method makes the copies that Data-Juicer makes, as often', (example) => {
  const augment = METHODS[`${example.operator} ${example.method}`]
  const ours = new Map<string, number>()
  for (let seed = 0; seed < RUNS; seed++) {
    const copy = augment?.(example.text, new Draws(seed)) ?? 'no such method'
    ours.set(copy, (ours.get(copy) ?? 0) + 1)
  }
  const theirs = new Map(Object.entries(example.outcomes))
  expect(strangers(ours, theirs)).toEqual([])
  expect(strangers(theirs, ours)).toEqual([])
  expect(distance(ours, theirs)).toBeLessThan(TOLERANCE)
})

test('every method is compared', () => {
  expect(recorded.map(({ operator, method }) => `${operator} ${method}`).sort()).toEqual(Object.keys(METHODS).sort())
})

function noisy(noise: Noise): (text: string, draws: Draws) => string {
  return (text, draws) => withNoise(noise, originalOf(text), draws)
}

function rewritten(rewriting: Rewriting): (text: string, draws: Draws) => string {
  return (text, draws) => versionsOf(text, 1, { rewriting, draws })[1] ?? ''
}

/** The copies among some that are not rare and have no counterpart among others. */
function strangers(some: Map<string, number>, others: Map<string, number>): string[] {
  return [...some].filter(([copy, count]) => count > RARE && !others.has(copy)).map(([copy]) => copy)
}

/** The total variation distance: the share of runs that would have to come out otherwise. */
function distance(a: Map<string, number>, b: Map<string, number>): number {
  const copies = [...new Set([...a.keys(), ...b.keys()])]
  return copies.reduce((sum, copy) => sum + Math.abs((a.get(copy) ?? 0) - (b.get(copy) ?? 0)), 0) / (2 * RUNS)
}
