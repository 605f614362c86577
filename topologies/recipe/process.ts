import { z } from 'zod'
import { nearestHint } from '../nearest.ts'
import type { Catalog, OperatorDefinition } from '../operator.ts'
import { DATA_JUICER_OPERATORS } from './data-juicer-operators.ts'
import type { Findings } from './findings.ts'
import { check, keysAt, type Mistake, shown } from './mistakes.ts'
import type { YamlMap, YamlNode } from './yaml/node.ts'

/** An entry of the process list whose operator exists and whose parameters are in order. */
export interface ProcessEntry {
  index: number
  name: string
  /** Complete, with defaults. */
  parameters: Record<string, unknown>
}

export interface ProcessOptions {
  catalog: Catalog
  /** Modules that may stand in place of names, by path; null where the recipe may run no code. */
  modules: Modules | null
}

/** Modules of a recipe by the path that it names: the operator in each, or why there is none. */
export type Modules = ReadonlyMap<string, { definition: OperatorDefinition } | { fault: string }>

/** Reads the process list; entries with mistakes are left out. `names` holds what every entry calls, right or wrong. */
export function readProcess(
  findings: Findings,
  options: ProcessOptions,
): { entries: ProcessEntry[]; names: (string | null)[] } {
  const node = findings.root.kind === 'map' ? findings.root.entries.get('process')?.node : undefined
  const items = node?.kind === 'list' ? node.items : []
  const called = items.map((item, index) => calledBy(item, index, findings))
  const entries = called.flatMap((call, index) =>
    call === null ? [] : readEntry({ ...call, index }, findings, options),
  )
  return { entries, names: called.map((call) => call && operatorName(call.name, options)) }
}

/** The paths of the modules that a process list names. */
export function modulesNamed(findings: Findings): string[] {
  const { names } = readProcess(findings, { catalog: new Map(), modules: null })
  return [...new Set(names.filter((name) => name !== null && isModule(name)))].map(String)
}

/** What an operator is called in plans, reports and elsewhere in the recipe. */
function operatorName(called: string, { modules }: ProcessOptions): string {
  const module = modules?.get(called)
  return module && 'definition' in module ? module.definition.name : called
}

interface Call {
  name: string
  parameters: YamlNode | null
}

/** The operator that an entry names: `- name`, `- name:` or `- name: {…}`. */
function calledBy(item: YamlNode, index: number, findings: Findings): Call | null {
  if (typeof item.value === 'string') return { name: item.value, parameters: null }
  if (item.kind !== 'map') {
    findings.fault(
      ['process', index],
      `must be the name of an operator, with or without parameters, not ${shown(item.value)}`,
    )
    return null
  }
  const [first, ...others] = item.entries
  if (!first) {
    findings.fault(['process', index], 'is empty: it must name an operator')
    return null
  }
  if (others.length > 0) findings.fault(['process', index], crowdedMessage(item, first[0]), crowdedHint(item, first[0]))
  return others.length > 0 ? null : { name: first[0], parameters: first[1].node }
}

function crowdedMessage(item: YamlMap, first: string): string {
  const others = [...item.entries.keys()].filter((key) => key !== first)
  return `must hold one operator: beside ${first} it holds ${others.join(', ')}`
}

function crowdedHint(item: YamlMap, first: string): { hint: string } {
  const beside = [...item.entries.keys()].find((key) => key !== first) ?? ''
  const isOperator = /_(?:mapper|filter|deduplicator|selector|grouper|aggregator)$/.test(beside)
  if (isOperator) return { hint: 'Every operator begins with a dash of its own.' }
  return { hint: `Is ${beside} a parameter of ${first}? Then indent it further.` }
}

function readEntry(call: Call & { index: number }, findings: Findings, options: ProcessOptions): ProcessEntry[] {
  const { index } = call
  const found = isModule(call.name) ? moduleOf(call.name, options) : options.catalog.get(call.name)
  if (!found || 'fault' in found) {
    const [message, hint] = found ? [found.fault] : unknownOperator(call.name, options.catalog)
    findings.fault(['process', index], message, hint)
    return []
  }
  const definition = found
  const { name } = definition
  const at = call.parameters === null ? ['process', index] : ['process', index, call.name]
  const checked = checkParameters(definition, call.parameters?.value ?? {})
  if ('mistakes' in checked) {
    for (const mistake of checked.mistakes) findings.mistake(at, mistake)
    return []
  }
  for (const { key, reason } of withoutEffect(definition, call.parameters?.value))
    findings.remark([...at, key], 'ignored', reason)
  return [{ index, name, parameters: checked.parameters }]
}

/** A path in place of a name: a custom operator. */
export function isModule(name: string): boolean {
  return name.includes('/') || /\.[cm]?[jt]s$/.test(name)
}

function moduleOf(path: string, { catalog, modules }: ProcessOptions): OperatorDefinition | { fault: string } {
  if (!modules) {
    return {
      fault: `${path} is a module, and this recipe may not run code: set stream.allow_code to true if you trust it`,
    }
  }
  const module = modules.get(path) ?? { fault: `${path} is a module that nobody loaded` }
  if ('fault' in module) return module
  const taken = catalog.has(module.definition.name)
  return taken
    ? { fault: `${path} calls itself ${module.definition.name}, which is an operator of ours` }
    : module.definition
}

function unknownOperator(name: string, catalog: Catalog): [string, { hint?: string }] {
  if (DATA_JUICER_OPERATORS.has(name))
    return [`${name} is an operator of Data-Juicer 1.6.1 that is not built here yet`, {}]
  return [`there is no operator ${name}`, nearestHint(name, new Set([...catalog.keys(), ...DATA_JUICER_OPERATORS]))]
}

/** Checks an operator's parameters: complete with defaults, or every mistake. */
export function checkParameters(
  definition: OperatorDefinition,
  parameters: unknown,
): { parameters: Record<string, unknown> } | { mistakes: Mistake[] } {
  const checked = check(definition.parameters, parameters)
  if ('mistakes' in checked) return checked
  return { parameters: { ...(checked.value as Record<string, unknown>) } } // parameters are objects: strictObject of parameters.ts
}

/** The parameters among these that Data-Juicer's runtime reads and ours has no use for, with the reason. */
export function withoutEffect(definition: OperatorDefinition, parameters: unknown): { key: string; reason: string }[] {
  if (typeof parameters !== 'object' || parameters === null) return []
  const schema = definition.parameters
  if (!(schema instanceof z.ZodObject)) return []
  const given = keysAt(schema).filter((key) => Object.hasOwn(parameters, key) && key !== SKIP_OP_ERROR)
  return given.flatMap((key) => {
    const description = z.globalRegistry.get(schema.shape[key])?.description ?? ''
    const reason = WITHOUT_EFFECT.exec(description)?.[0]
    return reason === undefined ? [] : [{ key, reason: description }]
  })
}

/** Has an effect here: it decides what becomes of a document on which the operator fails. */
export const SKIP_OP_ERROR = 'skip_op_error'
/** How the descriptions of parameters.ts mark what is accepted only so that recipes run unchanged. */
const WITHOUT_EFFECT = /^no effect|do not read it$/
