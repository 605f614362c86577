import { Failure } from '../../../topologies/failure.ts'
import { classBody } from '../text/python-classes.ts'

const SPACES = `[${classBody('s')}]*`
/** How a definition begins, up to the brace that opens the value. */
const NEW_COMMAND = /\\newcommand\*?\{\\([a-zA-Z0-9]+)\}\{/g
const DEFINITION = new RegExp(`\\\\def${SPACES}\\\\([a-zA-Z0-9]+)${SPACES}\\{`, 'gu')

/** A few lines of macros that use each other twice make any size; no document of people grows so much. */
const MOST_GROWTH = 16 * 2 ** 20

/** Throws Failure `operator_failed` when macros have made a text so many UTF-16 units longer that it must be an attack. */
export function limitGrowth(growth: number): void {
  if (growth > MOST_GROWTH)
    throw new Failure(
      'operator_failed',
      `The macros of the document make it more than ${MOST_GROWTH} characters longer.`,
    )
}

/** A unit is an ASCII letter or digit, of which names consist. */
export function isOfName(unit: number): boolean {
  const letter = unit | 0x20
  return (letter >= 0x61 && letter <= 0x7a) || (unit >= 0x30 && unit <= 0x39)
}

/**
 * Macros without arguments that a LaTeX document defines, by name without the backslash: those of `\newcommand` first, then
 * those of `\def`, in the order of their first definitions; the last definition gives the value. A definition counts when
 * the closing brace of its value ends the line.
 */
export function macrosOf(text: string): Map<string, string> {
  const macros = new Map<string, string>()
  collect(text, NEW_COMMAND, macros)
  collect(text, DEFINITION, macros)
  return macros
}

function collect(text: string, opening: RegExp, macros: Map<string, string>): void {
  let lineEnd = -1
  opening.lastIndex = 0
  for (let found = opening.exec(text); found; found = opening.exec(text)) {
    const start = opening.lastIndex
    if (lineEnd < start) lineEnd = endOfLine(text, start)
    if (lineEnd === start || text[lineEnd - 1] !== '}') continue
    macros.set(found[1] ?? '', text.slice(start, lineEnd - 1))
    opening.lastIndex = lineEnd
  }
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from)
  return end < 0 ? text.length : end
}
