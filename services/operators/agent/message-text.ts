import type { Exact } from '../../../schemas/json/exact.ts'
import { Failure } from '../../../topologies/failure.ts'
import { str } from '../python/spelling.ts'
import { type Dict, either, get, isDict } from '../python/values.ts'
import { strip } from '../text/python-strings.ts'

/** The text of what a message holds: a string, a list of blocks as models take and give them, or an object with a text. */
export function textOf(content: Exact | undefined): string {
  if (content === undefined || content === null) return ''
  if (Array.isArray(content)) return strip(content.map(textOfBlock).filter(Boolean).join('\n'))
  return isDict(content) ? fragment(content) : strip(str(content))
}

/** The text of the first answer that has one. Throws `operator_failed` for an answer whose message is no object. */
export function answerOf(choices: Exact | undefined): string {
  if (!Array.isArray(choices)) return ''
  for (const choice of choices) {
    if (!isDict(choice)) continue
    const message = either(either(get(choice, 'message'), get(choice, 'delta')), choice)
    if (!isDict(message))
      throw new Failure('operator_failed', 'An answer of the sample has a message that is no object.')
    const content = get(message, 'content')
    const text = typeof content === 'string' || Array.isArray(content) ? textOf(content) : ''
    if (text !== '') return text
  }
  return ''
}

/** Text, and the reasoning of models that tell it. */
function textOfBlock(block: Exact): string {
  if (typeof block === 'string') return strip(block)
  if (!isDict(block)) return ''
  const type = get(block, 'type')
  const reasons = type === 'thinking' || type === 'reasoning'
  if (type === 'text' || type === 'input_text' || (!reasons && has(block, 'text'))) return fragment(get(block, 'text'))
  if (!reasons && !has(block, 'thinking') && !has(block, 'reasoning_content')) return ''
  return fragment(either(either(get(block, 'thinking'), get(block, 'reasoning')), get(block, 'reasoning_content')))
}

function has(dict: Dict, key: string): boolean {
  return get(dict, key) !== undefined
}

/** A text that may lie deeper: in the first of three members of an object, or piece by piece in a list. */
function fragment(value: Exact | undefined): string {
  if (value === undefined || value === null) return ''
  if (Array.isArray(value)) {
    const pieces: Exact[] = value
    return strip(
      pieces
        .filter((piece) => piece !== null && piece !== '')
        .map(fragment)
        .join('\n'),
    )
  }
  if (!isDict(value)) return strip(str(value))
  for (const key of ['value', 'text', 'content']) {
    const member = get(value, key)
    if (member !== undefined && member !== null && member !== '') return fragment(member)
  }
  return ''
}
