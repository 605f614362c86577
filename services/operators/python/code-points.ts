/** `len(text)`: code points, lone surrogates each for itself. */
export function pointCount(text: string): number {
  let count = text.length
  for (let i = 0; i + 1 < text.length; i++) if (isPair(text, i)) count--
  return count
}

/** `text[:count]`. */
export function firstPoints(text: string, count: number): string {
  if (text.length <= count) return text
  let end = 0
  for (let seen = 0; seen < count && end < text.length; seen++) end += isPair(text, end) ? 2 : 1
  return text.slice(0, end)
}

/** `text[-count:]` for a count above zero. */
export function lastPoints(text: string, count: number): string {
  if (text.length <= count) return text
  let start = text.length
  for (let seen = 0; seen < count && start > 0; seen++) start -= isPair(text, start - 2) ? 2 : 1
  return text.slice(start)
}

/** Whether one code point takes the two units from here on. */
function isPair(text: string, at: number): boolean {
  return (text.charCodeAt(at) & 0xfc00) === 0xd800 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00
}
