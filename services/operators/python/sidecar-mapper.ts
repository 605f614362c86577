import { type Exact, parseExact, writeExact } from '../../../schemas/json/exact.ts'
import type { PythonProgram } from '../../../topologies/effects.ts'
import { Failure } from '../../../topologies/failure.ts'
import type { BatchMapper, Change, OperatorContext, Subject } from '../../../topologies/operator.ts'

/** A mapper whose function runs in the replica's Python process. Throws `code_not_allowed` where the recipe may run none. */
export function pythonMapper(program: PythonProgram, { python }: OperatorContext): BatchMapper {
  if (!python) {
    throw new Failure(
      'code_not_allowed',
      'The recipe brings Python code along: set stream.allow_code to true if you trust it.',
    )
  }
  const run = python(program)
  return {
    ready: () => run.ready(),
    close: () => run.close(),
    map: async (subjects) => {
      const replies = await run.call(subjects.map(jsonOf))
      return replies.map((reply) => (reply instanceof Failure ? reply : changesOf(parseExact(reply))))
    },
  }
}

function jsonOf(subject: Subject): string {
  return writeExact(new Map(subject.keys().map((key) => [key, subject.exact(key) ?? null])))
}

/** `{"rows": […], "whole": …}` or `{"failed": "why"}`, as sidecar.py writes them. */
function changesOf(reply: Exact): Change[] | Failure {
  const failed = memberOf(reply, 'failed')
  if (typeof failed === 'string') return new Failure('operator_failed', failed)
  const rows = memberOf(reply, 'rows')
  const whole = memberOf(reply, 'whole') === true
  if (!Array.isArray(rows)) return new Failure('operator_failed', 'The Python process gave an answer that is none.')
  return rows.map((row) => ({ fields: fieldsOf(row), ...(whole ? { whole } : {}) }))
}

function memberOf(value: Exact, key: string): Exact | undefined {
  return value instanceof Map ? value.get(key) : undefined
}

function fieldsOf(row: Exact): { [key: string]: Exact } {
  return row instanceof Map ? Object.fromEntries(row) : {}
}
