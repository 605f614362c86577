/** Where a member of an object lies: byte positions of its key, quotes included, and of its value. Ends are exclusive. */
export interface Member {
  keyAt: number
  keyEnd: number
  valueAt: number
  valueEnd: number
}

export interface Scan {
  members: Member[]
  /** Levels of objects and arrays, 1 for a flat object; counted no further than one above the limit. */
  depth: number
}

const QUOTE = 34
const BACKSLASH = 92

/**
 * The members of the object that begins at `at`. `view` is JSON with one character per byte (Latin-1), so that positions are
 * byte positions and `indexOf` runs at memory speed. Valid JSON is read right; of invalid JSON something finite is read.
 */
export function scanObject(view: string, at: number, limit = Number.POSITIVE_INFINITY): Scan {
  const scan: Scan = { members: [], depth: 1 }
  let place = skipBlanks(view, at + 1)
  while (view.charCodeAt(place) === QUOTE) {
    const keyAt = place
    const keyEnd = skipString(view, keyAt)
    const colon = skipBlanks(view, keyEnd)
    const valueAt = skipBlanks(view, colon + 1)
    const valueEnd = skipValue(view, valueAt, scan, limit)
    scan.members.push({ keyAt, keyEnd, valueAt, valueEnd })
    if (scan.depth > limit) break
    place = skipBlanks(view, valueEnd)
    if (view[place] !== ',') break
    place = skipBlanks(view, place + 1)
  }
  return scan
}

/** Position of the first byte that is no JSON white space. */
export function skipBlanks(view: string, at: number): number {
  let place = at
  while (isBlank(view.charCodeAt(place))) place++
  return place
}

/** Space, tab, line feed or carriage return. */
export function isBlank(code: number): boolean {
  return code === 32 || code === 10 || code === 13 || code === 9
}

/** Position behind the closing quote of the string that begins at `at`; the end of the view when there is none. */
export function skipString(view: string, at: number): number {
  let quote = view.indexOf('"', at + 1)
  while (quote !== -1 && isEscaped(view, quote)) quote = view.indexOf('"', quote + 1)
  return quote === -1 ? view.length : quote + 1
}

/** Whether an odd number of backslashes stands before this place. */
export function isEscaped(view: string, at: number): boolean {
  let place = at
  while (view.charCodeAt(place - 1) === BACKSLASH) place--
  return (at - place) % 2 === 1
}

function skipValue(view: string, at: number, scan: Scan, limit: number): number {
  const first = view[at]
  if (first === '"') return skipString(view, at)
  if (first === '{' || first === '[') return skipContainer(view, at, scan, limit)
  let place = at
  while (place < view.length && !endsScalar(view.charCodeAt(place))) place++
  return place
}

/** Position behind the bracket that closes the one at `at`; earlier when it nests beyond the limit. */
function skipContainer(view: string, at: number, scan: Scan, limit: number): number {
  let level = 0
  let place = at
  while (place < view.length) {
    const code = view.charCodeAt(place)
    if (code === QUOTE) {
      place = skipString(view, place)
      continue
    }
    place++
    if (code === 123 || code === 91) {
      level++
      if (level >= scan.depth) scan.depth = level + 1
      if (scan.depth > limit) return place
    } else if ((code === 125 || code === 93) && --level === 0) return place
  }
  return place
}

/** A comma, a closing bracket or white space. */
function endsScalar(code: number): boolean {
  return code === 44 || code === 125 || code === 93 || isBlank(code)
}
