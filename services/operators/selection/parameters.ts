import { z } from 'zod'

/** The field that a selector looks at. */
export const fieldKey = z
  .string()
  .default('')
  .describe('the field, with dots between the levels, such as meta.stars; all documents stay where it is left out')

/** A ratio of the whole from 0 to 1. */
export function ratio(what: string) {
  return z.number().min(0).max(1).nullish().describe(what)
}

/** A number of documents, groups or ranks. */
export function count(what: string) {
  return z.int().positive().nullish().describe(what)
}
