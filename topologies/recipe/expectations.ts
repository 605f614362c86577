import { z } from 'zod'
import { FAILURES, type FailureCode } from '../failure.ts'
import { nearestHint } from '../nearest.ts'
import { type Catalog, isOfDataset, reasonsOf } from '../operator.ts'
import type { Findings } from './findings.ts'
import { check } from './mistakes.ts'

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
    if (fates.length !== 1)
      context.addIssue({ code: 'custom', message: 'must name one fate: keep, text, rejected or dead_letter' })
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
    before: z
      .array(z.union([z.string(), z.record(z.string(), z.unknown())]))
      .optional()
      .describe('the data set before it, samples or texts: for operators that look at the whole data set'),
    raw: z.string().optional().describe('the record as it stands on the raw topic, in place of a sample'),
    expect: expectation,
  })
  .superRefine((test, context) => {
    const inputs = [test.input, test.text, test.raw].filter((input) => input !== undefined)
    if (inputs.length !== 1) context.addIssue({ code: 'custom', message: 'must have one of input, text and raw' })
  })

/** A test of a recipe: one of `input`, `text`, `raw`, and in `expect` one of `keep`, `text`, `rejected`, `dead_letter`. */
export type RecipeTest = z.infer<typeof recipeTestSchema>

/** What the tests of a recipe may name. */
export interface TestSurroundings {
  catalog: Catalog
  /** What every entry of the process list calls; null where that cannot be made out. */
  names: readonly (string | null)[]
}

/** Reads the recipe's tests; the operators they name must stand in the process list and know the reason. */
export function readTests(findings: Findings, surroundings: TestSurroundings): RecipeTest[] {
  const listed = check(z.array(z.unknown()), findings.value(['tests']) ?? [])
  if ('mistakes' in listed) {
    for (const mistake of listed.mistakes) findings.mistake(['tests'], mistake)
    return []
  }
  if (listed.value.length > 0) findings.remark(['tests'], 'honoured', "the recipe's own tests")
  return listed.value.flatMap((value, index) => {
    checkRejected(['tests', index, 'expect'], findings, surroundings)
    checkBefore(['tests', index, 'before'], findings, surroundings)
    const checked = check(recipeTestSchema, value)
    if ('value' in checked) return [checked.value]
    for (const mistake of checked.mistakes) findings.mistake(['tests', index], mistake)
    return []
  })
}

/** With the policy `drop` a failing document is rejected for this reason, whatever the operator. */
const FAILED = 'failed'

/** Looks at the tree, so that it finds what it can in a test that has other mistakes too. */
function checkRejected(at: (string | number)[], findings: Findings, { catalog, names }: TestSurroundings): void {
  const rejected = findings.value([...at, 'rejected'])
  const reason = findings.value([...at, 'reason'])
  if (typeof rejected !== 'string') return
  const known = names.filter((name) => name !== null)
  if (!known.includes(rejected)) {
    findings.fault([...at, 'rejected'], `${rejected} is not in the process list`, nearestHint(rejected, known))
    return
  }
  const definition = catalog.get(rejected)
  if (!definition || typeof reason !== 'string' || reason === FAILED) return
  const reasons = reasonsOf(definition)
  if (reasons.includes(reason)) return
  const choice = reasons.length === 0 ? 'it drops nothing' : `its reasons are ${reasons.join(', ')}`
  findings.fault([...at, 'reason'], `${rejected} does not drop for ${reason}: ${choice}`, nearestHint(reason, reasons))
}

function checkBefore(at: (string | number)[], findings: Findings, { catalog, names }: TestSurroundings): void {
  if (findings.value(at) === undefined) return
  const definitions = names.map((name) => (name === null ? undefined : catalog.get(name)))
  if (definitions.every((definition) => definition && !isOfDataset(definition)))
    findings.fault(at, 'no operator of the process list looks at more than one document')
}
