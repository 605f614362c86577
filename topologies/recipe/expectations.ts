import { z } from 'zod'
import { FAILURES, type FailureCode } from '../failure.ts'

const codes = Object.keys(FAILURES).filter((code): code is FailureCode => code in FAILURES)

const expectation = z
  .strictObject({
    keep: z.literal(true).optional().describe('the document comes out, whatever its text'),
    text: z.string().optional().describe('the document comes out with this text'),
    rejected: z.string().min(1).optional().describe('the operator that drops the document'),
    reason: z.string().min(1).optional().describe('the reason with which it is dropped'),
    dead_letter: z.enum(codes).optional().describe('the code with which it is set aside'),
  })
  .superRefine((expect, context) => {
    const fates = [expect.keep, expect.text, expect.rejected, expect.dead_letter].filter((fate) => fate !== undefined)
    if (fates.length !== 1) context.addIssue({ code: 'custom', message: 'must name one fate: keep, text, rejected or dead_letter' })
    if (expect.reason !== undefined && expect.rejected === undefined) {
      context.addIssue({ code: 'custom', path: ['reason'], message: 'stands only beside rejected' })
    }
  })

/** A document and the fate that the recipe's author expects for it. */
export const recipeTestSchema = z
  .strictObject({
    name: z.string().min(1).describe('what the test shows, as a sentence'),
    input: z.record(z.string(), z.unknown()).optional().describe('the sample'),
    text: z.string().optional().describe('a sample that holds nothing but this text'),
    raw: z.string().optional().describe('the record as it stands on the raw topic, in place of a sample'),
    expect: expectation,
  })
  .superRefine((test, context) => {
    const inputs = [test.input, test.text, test.raw].filter((input) => input !== undefined)
    if (inputs.length !== 1) context.addIssue({ code: 'custom', message: 'must have one of input, text and raw' })
  })

/** A test of a recipe: one of `input`, `text`, `raw`, and in `expect` one of `keep`, `text`, `rejected`, `dead_letter`. */
export type RecipeTest = z.infer<typeof recipeTestSchema>
