import type { Change } from '../../../topologies/operator.ts'

/** The documents that come of a text: the text itself when it is kept, and its copies. */
export function documentsOf(text: string, copies: readonly string[], kept: boolean): Change[] {
  const changes = copies.map((copy) => (copy === text ? {} : { text: copy }))
  return kept ? [{}, ...changes] : changes
}
