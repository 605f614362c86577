import { isSpace } from './characters.ts'
import type { Find, Match } from './matches.ts'

/** Folders below which a path of Unix is taken for a private one; `/User` includes `/Users`, and all that begins like this. */
const FOLDERS = ['User', 'home', 'tmp', 'etc', 'var', 'opt', 'Applications']
const DOUBLE_QUOTE = 0x22
const SINGLE_QUOTE = 0x27
const OPEN = 0x28
const CLOSE = 0x29
const EQUALS = 0x3d
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d

/** What may stand before a path: a blank, a quote, an opening bracket or an equals sign. */
function isLead(unit: number): boolean {
  return (
    unit === DOUBLE_QUOTE ||
    unit === SINGLE_QUOTE ||
    unit === OPEN ||
    unit === OPEN_BRACKET ||
    unit === EQUALS ||
    isSpace(unit)
  )
}

/** Where a path ends: before a blank, a quote or a closing bracket. */
function pathEnd(text: string, start: number): number {
  let end = start
  for (; end < text.length; end++) {
    const unit = text.charCodeAt(end)
    if (unit === DOUBLE_QUOTE || unit === SINGLE_QUOTE || unit === CLOSE || unit === CLOSE_BRACKET || isSpace(unit))
      break
  }
  return end
}

/** A path at `path` with what leads to it, when something does that is not taken yet. */
function ledTo(text: string, path: number, from: number, end: () => number): Match | null {
  const isFirst = path === 0
  if (!isFirst && (path <= from || !isLead(text.charCodeAt(path - 1)))) return null
  const stop = end()
  if (stop < 0) return null
  return {
    start: isFirst ? 0 : path - 1,
    end: stop,
    groups: [isFirst ? '' : (text[path - 1] ?? ''), text.slice(path, stop)],
  }
}

/** `/home/…` and the like. */
export const findUnixPath: Find = (text, from) => {
  for (let slash = text.indexOf('/', from); slash >= 0; slash = text.indexOf('/', slash + 1)) {
    const found = ledTo(text, slash, from, () =>
      FOLDERS.some((folder) => text.startsWith(folder, slash + 1)) ? pathEnd(text, slash) : -1,
    )
    if (found) return found
  }
  return null
}

/** `C:\…`. */
export const findWindowsPath: Find = (text, from) => {
  for (let colon = text.indexOf(':\\', from); colon >= 0; colon = text.indexOf(':\\', colon + 1)) {
    const drive = colon - 1
    if (drive < from || !/[A-Za-z]/.test(text[drive] ?? '')) continue
    const found = ledTo(text, drive, from, () => pathEnd(text, colon))
    if (found) return found
  }
  return null
}

/** `\\server\…`. */
export const findSharePath: Find = (text, from) => {
  for (let start = text.indexOf('\\\\', from); start >= 0; start = text.indexOf('\\\\', start + 1)) {
    const found = ledTo(text, start, from, () => {
      const end = pathEnd(text, start + 2)
      return end > start + 2 ? end : -1
    })
    if (found) return found
  }
  return null
}
