import type { Catalog, Example } from '../../../topologies/operator.ts'
import { type OperatorReference, originText, type ParameterReference, referenceOf } from './reference.ts'

/** The reference of all operators as one page of Markdown, made of nothing but what their files say. */
export function referencePage(catalog: Catalog): string {
  const references = [...catalog.values()].map(referenceOf).sort((a, b) => (a.name < b.name ? -1 : 1))
  const kinds = [...new Set(references.map(({ kind }) => kind))].sort()
  return [
    '# Operators',
    '',
    'Made from the operators themselves by `UPDATE_GOLDEN=1 npx vitest run --config infra/vitest.config.ts test/golden`; a test',
    'keeps it fresh. `millrace operators describe NAME` shows the same, `millrace try NAME` runs one.',
    ...kinds.flatMap((kind) => kindIndex(kind, references)),
    ...references.flatMap(section),
    '',
  ].join('\n')
}

function kindIndex(kind: string, references: OperatorReference[]): string[] {
  const rows = references.filter((reference) => reference.kind === kind)
  const lines = rows.map(({ name, summary }) => `| [${name}](#${name}) | ${cell(summary)} |`)
  return ['', `| ${kind} | |`, '|---|---|', ...lines]
}

function section(reference: OperatorReference): string[] {
  const { name, summary, origin, parameters, reasons, quirks, examples } = reference
  const own = parameters.filter(({ common }) => !common)
  return [
    '',
    `## ${name}`,
    '',
    summary,
    ...(origin === undefined ? [] : ['', originText(origin)]),
    ...(own.length > 0 ? ['', '| parameter | type | default | |', '|---|---|---|---|', ...own.map(parameterRow)] : []),
    ...(reasons.length > 0 ? ['', `Drops for: ${reasons.map((reason) => `\`${reason}\``).join(', ')}.`] : []),
    ...(quirks.length > 0
      ? ['', origin === undefined ? 'As in Data-Juicer:' : 'Mind:', '', ...quirks.map((quirk) => `- ${quirk}`)]
      : []),
    '',
    '| example | parameters | text | becomes |',
    '|---|---|---|---|',
    ...examples.map(exampleRow),
  ]
}

function parameterRow(parameter: ParameterReference): string {
  const byDefault = 'default' in parameter ? code(parameter.default) : ''
  return `| \`${parameter.name}\` | ${cell(parameter.type)} | ${byDefault} | ${cell(parameter.description)} |`
}

function exampleRow({ title, parameters, text, fields, before, after, expect }: Example): string {
  const sample = fields ? code({ text, ...fields }) : code(text)
  // of a data set, the sample that is looked at stands out
  const given =
    before || after ? [...(before ?? []).map(code), `**${sample}**`, ...(after ?? []).map(code)].join(', ') : sample
  return `| ${cell(title)} | ${parameters ? code(parameters) : ''} | ${given} | ${outcome(expect)} |`
}

function outcome(expect: Example['expect']): string {
  if ('text' in expect) return code(expect.text)
  if ('documents' in expect) return expect.documents.map(code).join(' ')
  if ('drop' in expect) return `dropped: ${expect.drop}`
  return 'keep' in expect ? 'kept' : 'fails'
}

const LONGEST = 120

/** A value as JSON in a cell: ASCII only, so that what cannot be seen is seen, and not too long. */
function code(value: unknown): string {
  const json = JSON.stringify(value).replace(/[^\u0021-\u007e ]/gu, (character) =>
    /\p{L}|\p{N}|\p{P}|\p{S}/u.test(character) ? character : escaped(character),
  )
  const shown = json.length > LONGEST ? `${json.slice(0, LONGEST)}…` : json
  return `\`\` ${shown.replaceAll('|', '\\|')} \`\``
}

function escaped(character: string): string {
  return [...character.split('')].map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}
