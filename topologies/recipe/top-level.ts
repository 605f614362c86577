import { nearestHint } from '../nearest.ts'
import type { Findings } from './findings.ts'
import { DATA_JUICER_KEYS, type KeyRule, OUR_KEYS } from './keys.ts'
import { check } from './mistakes.ts'
import type { YamlMap } from './yaml/node.ts'
import { resolveScalar } from './yaml/scalar.ts'

/** Checks every top-level key against the table; gives the values of Data-Juicer's keys. */
export function readKeys(root: YamlMap, findings: Findings): Map<string, unknown> {
  const values = new Map<string, unknown>()
  const known = [...Object.keys(DATA_JUICER_KEYS), ...OUR_KEYS]
  for (const [key, { node }] of root.entries) {
    if (OUR_KEYS.some((ours) => ours === key)) continue
    const { name, value } = unfolded(key, node.value)
    const rule = Object.hasOwn(DATA_JUICER_KEYS, name) ? DATA_JUICER_KEYS[name] : undefined
    if (rule) values.set(name, readKey(key, value, { rule, findings }))
    else
      findings.mistake([], { path: [key], key: true, message: 'is not a key of a recipe', ...nearestHint(key, known) })
  }
  return values
}

/** jsonargparse takes `checkpoint.enabled: true` for `checkpoint: {enabled: true}`, and one key with dashes. */
function unfolded(key: string, value: unknown): { name: string; value: unknown } {
  if (key === 'custom-operator-paths') return { name: 'custom_operator_paths', value }
  const [name, inner, ...rest] = key.split('.')
  if (name === undefined || inner === undefined || rest.length > 0) return { name: key, value }
  return { name, value: Object.fromEntries([[inner, value]]) }
}

/** The value of a key, undefined when it is null or wrong. A quoted number or boolean is taken for one, as jsonargparse does. */
function readKey(key: string, value: unknown, { rule, findings }: { rule: KeyRule; findings: Findings }): unknown {
  if (value === null) return undefined
  const checked = check(rule.type, value)
  if ('mistakes' in checked) {
    const again = typeof value === 'string' ? check(rule.type, resolveScalar(value)) : checked
    if ('value' in again) return readValue(key, again.value, { rule, findings })
    for (const mistake of checked.mistakes) findings.mistake([key], mistake)
    return undefined
  }
  return readValue(key, checked.value, { rule, findings })
}

function readValue(key: string, value: unknown, { rule, findings }: { rule: KeyRule; findings: Findings }): unknown {
  if (rule.asks(value)) findings.fault([key], `cannot be honoured: ${rule.reason}`)
  else if (rule.treatment === 'refused')
    findings.remark([key], 'ignored', 'it asks for nothing that would change the result')
  else findings.remark([key], rule.treatment, rule.reason)
  return value
}
