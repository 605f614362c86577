import { z } from 'zod'
import type { Catalog } from '../operator.ts'
import { recipeTestSchema } from '../recipe/expectations.ts'
import { DATA_JUICER_KEYS } from '../recipe/keys.ts'
import { streamSchema } from '../recipe/stream.ts'

/** The grammar of recipes as a JSON schema (draft 2020-12), for editors: every key, operator and parameter with its description. */
export function recipeJsonSchema(catalog: Catalog): Record<string, unknown> {
  const shape: Record<string, z.ZodType> = {}
  for (const [key, rule] of Object.entries(DATA_JUICER_KEYS)) {
    const type = key === 'process' ? z.array(processEntry(catalog)) : rule.type
    shape[key] = type.nullish().describe(`${rule.treatment}: ${rule.reason}`)
  }
  shape.stream = streamSchema.nullish().describe('what streaming adds to the recipe')
  shape.tests = z.array(recipeTestSchema).nullish().describe('documents and what is expected to become of them')
  const schema = z.strictObject(shape).meta({ title: 'Millrace recipe' })
  return z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input', unrepresentable: 'any' })
}

/** A name alone, or one operator with its parameters. */
function processEntry(catalog: Catalog): z.ZodType {
  const withParameters = [...catalog.values()].map(({ name, summary, parameters }) =>
    z.strictObject({ [name]: parameters.nullish() }).describe(summary),
  )
  return z.union([z.enum([...catalog.keys()]), ...withParameters])
}
