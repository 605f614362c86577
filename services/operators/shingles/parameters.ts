import { z } from 'zod'
import { classify } from '../../../topologies/failure.ts'
import { requireWellFormed } from '../text/bare-text.ts'
import { translatePattern } from '../text/python-pattern.ts'
import { lower } from '../text/python-strings.ts'
import type { Tokenization } from './cutting.ts'

/** How a text becomes shingles: the parameters that deduplicators by shingles share. */
export interface ShingleParameters {
  tokenization: Tokenization
  window_size: number
  lowercase: boolean
  ignore_pattern?: string | null | undefined
}

/** The parameters of a deduplicator by shingles, with its own window. */
export function shingleParameters(window: number) {
  return {
    tokenization: z
      .enum(['space', 'punctuation', 'character'], {
        error: ({ input }) => (input === 'sentencepiece' ? NO_SENTENCEPIECE : undefined),
      })
      .default('space')
      .describe('what a text is cut at, or into: blanks, characters of punctuation, or single characters'),
    window_size: z.int().positive().default(window).describe('tokens in a row that make a shingle'),
    lowercase: z.boolean().default(true).describe('whether texts are compared in lower case'),
    ignore_pattern: pattern
      .nullish()
      .describe("a regular expression of Python's module regex for what is left out first"),
  }
}

const NO_SENTENCEPIECE = 'Data-Juicer has sentencepiece for MinHash alone; take space, punctuation or character'

const pattern = z.string().superRefine((value, context) => {
  try {
    translatePattern(value, 'regex', { bare: true })
  } catch (thrown) {
    context.addIssue({ code: 'custom', message: classify(thrown).message })
  }
})

/**
 * A text without what the pattern matches, which looks at it in lower case where that is asked for. Throws `operator_failed` for
 * a text that has no UTF-8.
 */
export function preparation({
  lowercase,
  ignore_pattern: ignored,
}: Pick<ShingleParameters, 'lowercase' | 'ignore_pattern'>): (value: string) => string {
  const { regExp } = ignored ? translatePattern(ignored, 'regex', { bare: true }) : { regExp: null }
  return (value) => {
    requireWellFormed(value)
    return regExp ? (lowercase ? lower(value) : value).replace(regExp, '') : value
  }
}
