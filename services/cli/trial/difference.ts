import { visibleLine } from '../terminal/visible-text.ts'

/** Characters that are shown before and behind the first difference. */
const BEFORE = 20
const BEHIND = 60

/** Two lines that show where two texts part: what was expected, what came, from a little before the first difference on. */
export function difference(expected: string, received: string): string[] {
  let at = 0
  while (at < expected.length && at < received.length && expected[at] === received[at]) at++
  return [`- ${excerpt(expected, at)}`, `+ ${excerpt(received, at)}`, `  they part at character ${at}`]
}

function excerpt(text: string, at: number): string {
  const from = Math.max(at - BEFORE, 0)
  const to = Math.min(at + BEHIND, text.length)
  return `${from > 0 ? '…' : ''}${visibleLine(text.slice(from, to))}${to < text.length ? '…' : ''}`
}
