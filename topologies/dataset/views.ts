import type { View } from './operator.ts'

/** A selector's view of a document as bytes: a letter for its type, and its spelling. */
export function encodeView(view: View): Buffer {
  if (view === null) return Buffer.from('-')
  if (typeof view === 'string') return Buffer.concat([Buffer.from('s'), Buffer.from(view, 'utf16le')])
  if (typeof view === 'bigint') return Buffer.from(`i${view}`)
  if (typeof view === 'boolean') return Buffer.from(view ? 't' : 'f')
  return Buffer.from(Object.is(view, -0) ? 'n-0' : `n${view}`)
}

/** What encodeView was given. Throws for anything else. */
export function decodeView(bytes: Buffer): View {
  const rest = bytes.subarray(1)
  switch (String.fromCharCode(bytes[0] ?? 0)) {
    case '-':
      return null
    case 's':
      return rest.toString('utf16le')
    case 'i':
      return BigInt(rest.toString())
    case 't':
      return true
    case 'f':
      return false
    case 'n':
      return Number(rest.toString())
    default:
      throw new Error('these bytes are no view')
  }
}
