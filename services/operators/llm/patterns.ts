import { Failure } from '../../../topologies/failure.ts'
import { translatePattern } from '../text/python-pattern.ts'

/** A pattern of Python's module re that takes an answer apart. */
export interface AnswerPattern {
  /** `match`: the groups where the pattern matches at the start, unset ones as undefined; null where it does not. */
  match(text: string): (string | undefined)[] | null
  /** `search`: the same anywhere. */
  search(text: string): (string | undefined)[] | null
  /** `findall`: the groups of every match, unset ones as ''; the whole match for a pattern without groups. */
  findAll(text: string): string[][]
}

export interface PatternFlags {
  dotAll?: boolean
  verbose?: boolean
  /** How many groups it must have. */
  groups?: number
}

/** Compiles a pattern. Throws Failure `parameters_invalid` for one that is wrong, or has not the groups that are asked for. */
export function answerPattern(
  pattern: string,
  { dotAll = false, verbose = false, groups }: PatternFlags,
): AnswerPattern {
  const bare = verbose ? withoutLayout(pattern) : pattern
  const { regExp, groups: found } = translatePattern(dotAll ? `(?s)${bare}` : bare, 're')
  if (groups !== undefined && found.length !== groups) {
    throw new Failure(
      'parameters_invalid',
      `The pattern ${pattern} has ${found.length} groups; it must have ${groups}.`,
    )
  }
  const flags = regExp.flags.replace('g', '')
  const [atStart, anywhere] = [new RegExp(regExp.source, `${flags}y`), new RegExp(regExp.source, flags)]
  return {
    match: (text) => {
      atStart.lastIndex = 0
      return groupsOf(atStart.exec(text))
    },
    search: (text) => groupsOf(anywhere.exec(text)),
    findAll: (text) =>
      Array.from(text.matchAll(regExp), ([whole, ...inside]) =>
        inside.length > 0 ? inside.map((group) => group ?? '') : [whole],
      ),
  }
}

function groupsOf(found: RegExpExecArray | null): (string | undefined)[] | null {
  return found?.slice(1) ?? null
}

/** A pattern in the flag VERBOSE without what that leaves out: blanks and comments, where they are not escaped or in a class. */
export function withoutLayout(pattern: string): string {
  return pattern.replace(/\\[\s\S]|\[\^?\]?(?:\\[\s\S]|[^\]\\])*\]|#[^\n]*|\s+/g, (piece) =>
    piece.startsWith('#') || /^\s/.test(piece) ? '' : piece,
  )
}

/**
 * `match.lastindex` for each of the groups that a match has: the numbers of a pattern's groups, from the one that closes first
 * to the one that closes last.
 */
export function closingOrder(pattern: string): number[] {
  const open: (number | null)[] = []
  const closed: number[] = []
  let count = 0
  for (const [piece] of pattern.matchAll(/\\[\s\S]|\[\^?\]?(?:\\[\s\S]|[^\]\\])*\]|\(\?P<|\(\?|[()]/g)) {
    if (piece === '(' || piece === '(?P<') open.push(++count)
    else if (piece === '(?') open.push(null)
    else if (piece === ')') closed.push(...[open.pop() ?? null].filter((group) => group !== null))
  }
  return closed
}
