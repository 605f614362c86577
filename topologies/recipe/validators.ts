import { z } from 'zod'
import { nearestHint } from '../nearest.ts'
import type { Findings } from './findings.ts'
import { check } from './mistakes.ts'

/** The types that the values of a field may be asked to have, by Python's names for them. */
export const FIELD_TYPES = ['str', 'int', 'float', 'bool', 'list', 'dict', 'tuple', 'set', 'bytes'] as const
export type FieldType = (typeof FIELD_TYPES)[number]

const ALIASES: Record<string, FieldType> = { string: 'str', integer: 'int', boolean: 'bool' }

const fieldType = z
  .string()
  .transform((name) => ALIASES[name.toLowerCase()] ?? name.toLowerCase())
  .pipe(z.enum(FIELD_TYPES))

const turns = {
  min_turns: z.int().default(1),
  max_turns: z.int().default(100),
  sample_size: z.int().positive().default(100),
}

const SCHEMAS = {
  swift_messages: z.looseObject({ type: z.literal('swift_messages'), ...turns }),
  dj_conversation: z.looseObject({ type: z.literal('dj_conversation'), ...turns }),
  code: z.looseObject({ type: z.literal('code') }),
  required_fields: z.looseObject({
    type: z.literal('required_fields'),
    required_fields: z.array(z.string()),
    field_types: z.record(z.string(), fieldType).default({}),
    allow_missing: z.number().default(0),
    sample_size: z.int().positive().default(100),
  }),
}

/** What the first samples of every source must be like, by Data-Juicer's rules and defaults. */
export type Validator = z.infer<(typeof SCHEMAS)[keyof typeof SCHEMAS]>

const listSchema = z.array(z.looseObject({ type: z.string() }))

/** The recipe's validators, in order. */
export function readValidators(findings: Findings): Validator[] {
  const value = findings.value(['validators']) ?? []
  const listed = check(listSchema, value)
  if ('mistakes' in listed) {
    for (const mistake of listed.mistakes) findings.mistake(['validators'], mistake)
    return []
  }
  return listed.value.flatMap((entry, at) => readValidator(entry, at, findings))
}

function readValidator(entry: { type: string }, at: number, findings: Findings): Validator[] {
  if (!isKnown(entry.type)) {
    const hint = nearestHint(entry.type, Object.keys(SCHEMAS))
    findings.fault(['validators', at, 'type'], `no validator is named ${entry.type}`, hint)
    return []
  }
  const checked = check<Validator>(SCHEMAS[entry.type], entry)
  if ('value' in checked) return [checked.value]
  for (const mistake of checked.mistakes) findings.mistake(['validators', at], mistake)
  return []
}

function isKnown(type: string): type is keyof typeof SCHEMAS {
  return Object.hasOwn(SCHEMAS, type)
}
