import { z } from 'zod'

const DURATIONS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const SIZES: Record<string, number> = { b: 1, kb: 1e3, mb: 1e6, gb: 1e9, kib: 2 ** 10, mib: 2 ** 20, gib: 2 ** 30 }
const QUANTITY = /^(\d{1,15}(?:\.\d{1,6})?)\s*([a-z]+)$/i

/** Kafka's word for a topic that keeps everything. */
export const FOREVER = -1

/** `7d`, `12h`, `forever`, or a number of milliseconds: milliseconds, -1 for ever. Not under a minute. */
export const duration = z.union([z.int(), z.string()]).transform((value, context) => {
  const milliseconds = value === 'forever' ? FOREVER : quantity(value, DURATIONS)
  if (milliseconds === FOREVER || (milliseconds !== null && milliseconds >= 60_000)) return milliseconds
  context.addIssue({
    code: 'custom',
    message: 'must be a time of a minute or more, such as 7d, 12h, 30m, forever, or a number of milliseconds',
  })
  return z.NEVER
})

/** `5s`, `200ms`, or a number of milliseconds: milliseconds, within the bounds. */
export function span(shortest: number, longest: number) {
  return z.union([z.int(), z.string()]).transform((value, context) => {
    const milliseconds = quantity(value, DURATIONS)
    if (milliseconds !== null && milliseconds >= shortest && milliseconds <= longest) return milliseconds
    const message = `must be a time from ${shortest} ms to ${longest / 1000} s, such as 5s or 200ms, or a number of milliseconds`
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  })
}

/** `16 MiB`, `500kb`, or a number of bytes: bytes, within the bounds. */
export function byteSize(smallest: number, largest: number) {
  return z.union([z.int(), z.string()]).transform((value, context) => {
    const bytes = quantity(value, SIZES)
    if (bytes !== null && bytes >= smallest && bytes <= largest) return bytes
    const message = `must be a size from ${sizeText(smallest)} to ${sizeText(largest)}, such as 16MiB, or a number of bytes`
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  })
}

/** Bytes for people, in the largest binary unit that needs no fraction. */
export function sizeText(bytes: number): string {
  if (bytes >= 2 ** 20 && bytes % 2 ** 20 === 0) return `${bytes / 2 ** 20} MiB`
  if (bytes >= 2 ** 10 && bytes % 2 ** 10 === 0) return `${bytes / 2 ** 10} KiB`
  return `${bytes} bytes`
}

function quantity(value: number | string, units: Record<string, number>): number | null {
  if (typeof value === 'number') return value
  const [, digits, unit] = QUANTITY.exec(value.trim()) ?? []
  const size = units[unit?.toLowerCase() ?? '']
  return digits === undefined || size === undefined ? null : Math.round(Number(digits) * size)
}
