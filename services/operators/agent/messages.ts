import type { Exact } from '../../../schemas/json/exact.ts'
import { Failure } from '../../../topologies/failure.ts'
import type { Subject } from '../../../topologies/operator.ts'
import { type Dict, get, isDict, isTruthy, losesSpelling } from '../python/values.ts'
import { lower } from '../text/python-strings.ts'

/** A message of an agent transcript. */
export interface Message {
  /** In small letters; empty when there is none. */
  role: string
  content: Exact | undefined
  /** All that the message has. */
  members: Dict
}

/**
 * The messages under a key of a sample; none when there is no list. Throws `operator_failed` for a message that is no object
 * and for a role that is no string.
 */
export function messagesOf(subject: Subject, key: string): Message[] {
  const plain = subject.field(key)
  if (!Array.isArray(plain)) return []
  const list = losesSpelling(plain) ? subject.exact(key) : plain
  return Array.isArray(list) ? list.map((item) => messageOf(item, key)) : []
}

function messageOf(members: Exact, key: string): Message {
  if (!isDict(members)) throw new Failure('operator_failed', `A message under "${key}" is no object.`)
  const role = get(members, 'role')
  if (isTruthy(role) && typeof role !== 'string')
    throw new Failure('operator_failed', `A message under "${key}" has a role that is no string.`)
  return { role: typeof role === 'string' ? lower(role) : '', content: get(members, 'content'), members }
}
