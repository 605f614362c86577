import { createHash } from 'node:crypto'

/** JSON with the keys of every object in order and nothing lost: numbers that JSON lacks are spelled as text in a mapping. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).filter(([, member]) => member !== undefined)
    members.sort(([a], [b]) => (a < b ? -1 : 1))
    return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(',')}}`
  }
  if (typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value)))
    return `{"number":"${value}"}`
  return JSON.stringify(value ?? null)
}

/** First 16 hex digits of the SHA-256 of a value's canonical JSON. */
export function fingerprint(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex').slice(0, 16)
}
