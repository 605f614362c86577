import { z } from 'zod'
import type { Example, OperatorDefinition, Traits } from '../../../topologies/operator.ts'
import { reasonsOf, traitsOf } from '../../../topologies/operator.ts'
import { commonParameters, filterParameters } from '../../../topologies/parameters.ts'
import { shortened, visibleLine } from '../terminal/visible-text.ts'

/** A parameter as the reference shows it. */
export interface ParameterReference {
  name: string
  type: string
  /** Absent when the parameter may be left out without a value taking its place. */
  default?: unknown
  description: string
  /** Every operator has it. */
  common: boolean
}

/** Everything that an operator's file says of it, less its function. */
export interface OperatorReference {
  name: string
  kind: string
  summary: string
  /** Whose component it follows; absent for an operator of Data-Juicer. */
  origin?: string
  traits: Traits
  parameters: ParameterReference[]
  reasons: string[]
  quirks: string[]
  examples: Example[]
}

export function referenceOf(definition: OperatorDefinition): OperatorReference {
  const { name, kind, summary, origin, quirks = [], examples } = definition
  const reasons = reasonsOf(definition)
  return {
    name,
    kind,
    summary,
    ...(origin === undefined ? {} : { origin }),
    traits: traitsOf(definition),
    parameters: parametersOf(definition),
    reasons,
    quirks,
    examples,
  }
}

/** A property of an object in a JSON schema, as far as the reference reads it. */
interface Property {
  type?: string | string[]
  enum?: unknown[]
  const?: unknown
  anyOf?: Property[]
  items?: Property
  default?: unknown
  description?: string
}

function parametersOf(definition: OperatorDefinition): ParameterReference[] {
  const schema = z.toJSONSchema(definition.parameters, { io: 'input', unrepresentable: 'any' })
  // The cast narrows zod's general schema type to the keys that it writes for our parameters.
  const properties = Object.entries((schema.properties ?? {}) as Record<string, Property>)
  const shared = commonParameters.shape
  // An operator's own parameters come first, then those of every filter.
  properties.sort(([a], [b]) => Number(a in filterParameters.shape) - Number(b in filterParameters.shape))
  return properties.map(([name, property]) => ({
    name,
    type: typeText(property),
    ...('default' in property ? { default: property.default } : {}),
    description: property.description ?? '',
    common: name in shared,
  }))
}

function typeText(property: Property): string {
  if (property.anyOf) return [...new Set(property.anyOf.map(typeText))].join(' or ')
  if (property.enum) return property.enum.map((value) => JSON.stringify(value)).join(' or ')
  if ('const' in property) return JSON.stringify(property.const)
  if (property.type === 'array') return `list of ${property.items ? typeText(property.items) : 'anything'}`
  if (Array.isArray(property.type)) return property.type.join(' or ')
  return property.type ?? 'anything'
}

/** Characters of an example's text that are shown. */
const SHOWN = 80

/** The reference of an operator for people. */
export function describeOperator(reference: OperatorReference): string {
  const { name, kind, summary, origin, traits, parameters, reasons, quirks, examples } = reference
  const own = parameters.filter(({ common }) => !common)
  const common = parameters.filter((parameter) => parameter.common).map((parameter) => parameter.name)
  const lines = [
    `${name} (${kind}, ${traits.resource}, ${traits.scope} scope)`,
    `  ${summary}`,
    ...(origin === undefined ? [] : [`  ${originText(origin)}`]),
    '',
    'Parameters',
    ...own.flatMap(parameterLines),
    `  and those of every operator: ${common.join(', ')}`,
    ...section('Reasons to drop', reasons),
    ...section(origin === undefined ? 'Quirks of Data-Juicer that are kept' : 'Mind', quirks),
    '',
    'Examples',
    ...examples.flatMap(exampleLines),
  ]
  return `${lines.join('\n')}\n`
}

/** Where an operator comes from that is none of Data-Juicer's. */
export function originText(origin: string): string {
  return `Follows ${origin}; Data-Juicer has no such operator.`
}

function section(title: string, items: string[]): string[] {
  return items.length === 0 ? [] : ['', title, ...items.map((item) => `  ${item}`)]
}

function parameterLines(parameter: ParameterReference): string[] {
  const byDefault = 'default' in parameter ? `, default ${JSON.stringify(parameter.default)}` : ''
  return [`  ${parameter.name}: ${parameter.type}${byDefault}`, `      ${parameter.description}`]
}

function exampleLines({ title, parameters, text, before = [], after = [], expect, stats }: Example): string[] {
  const given = parameters ? `  with ${JSON.stringify(parameters)}` : ''
  const measured = stats ? `  stats ${JSON.stringify(stats)}` : ''
  const others = (samples: object[], place: string) =>
    samples.map((sample) => `      (${place} it ${shortened(JSON.stringify(sample), SHOWN)})`)
  return [
    `  ${title}${given}`,
    ...others(before, 'before'),
    `      ${shortened(text, SHOWN)}`,
    ...others(after, 'behind'),
    `      -> ${outcomeText(expect)}${measured}`,
  ]
}

function outcomeText(expect: Example['expect']): string {
  if ('text' in expect) return visibleLine(expect.text).slice(0, SHOWN)
  if ('drop' in expect) return `dropped: ${expect.drop}`
  if ('documents' in expect) return expect.documents.map((document) => JSON.stringify(document)).join(' and ')
  return 'keep' in expect ? 'kept' : 'fails'
}
