import { Failure } from '../../../topologies/failure.ts'
import type { Subject } from '../../../topologies/operator.ts'
import { str } from '../python/spelling.ts'
import { isDict } from '../python/values.ts'

/** Writes a sample into a template. Throws `operator_failed` for a sample that lacks what the template names. */
export type Template = (subject: Pick<Subject, 'exact'>) => string

const PARTS = /\{\{|\}\}|\{([^{}]*)\}|[{}]/g

/**
 * A template of Python's `str.format`, with fields by name alone. A sample that has none of them may have `messages`, whose contents
 * are taken for the fields in order. Throws `parameters_invalid` for any other template.
 */
export function templateOf(template: string): Template {
  const { pieces, fields } = partsOf(template)
  return (subject) => {
    const values = fields.map((field) => subject.exact(field))
    const spelt = values.every((value) => value !== undefined) ? values.map(str) : contentsOf(subject, fields)
    return pieces.map((piece, i) => (i === 0 ? piece : `${spelt[i - 1]}${piece}`)).join('')
  }
}

function partsOf(template: string): { pieces: string[]; fields: string[] } {
  const pieces = ['']
  const fields: string[] = []
  let from = 0
  const write = (text: string) => pieces.push(`${pieces.pop() ?? ''}${text}`)
  for (const { 0: part, 1: field, index } of template.matchAll(PARTS)) {
    write(template.slice(from, index))
    from = index + part.length
    if (field !== undefined && /^\w+$/.test(field)) {
      fields.push(field)
      pieces.push('')
    } else if (part === '{{' || part === '}}') write(part.charAt(0))
    else throw new Failure('parameters_invalid', `The template has ${part} where a field as {text} must stand.`)
  }
  write(template.slice(from))
  if (fields.length > 0) return { pieces, fields }
  throw new Failure('parameters_invalid', 'The template names no field of the sample.')
}

function contentsOf({ exact }: Pick<Subject, 'exact'>, fields: string[]): string[] {
  const messages = exact('messages')
  const lacking = () =>
    new Failure('operator_failed', `The sample lacks one of ${fields.join(', ')}, and has no messages.`)
  if (!Array.isArray(messages)) throw lacking()
  return fields.map((_, i) => {
    const message = messages[i]
    const content = isDict(message) ? (message instanceof Map ? message.get('content') : message.content) : undefined
    if (content === undefined) throw lacking()
    return str(content)
  })
}
