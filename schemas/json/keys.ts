import { type Member, scanObject } from './members.ts'

/** Any JSON value. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/**
 * The value under a key, as Data-Juicer looks for it: first the key as it stands, then, at a dot, the rest of it within the
 * object under its first part. Undefined when there is none.
 */
export function lookUp(value: Json, key: string): Json | undefined {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined
  if (Object.hasOwn(value, key)) return value[key]
  const dot = key.indexOf('.')
  const head = key.slice(0, dot)
  if (dot === -1 || !Object.hasOwn(value, head)) return undefined
  return lookUp(value[head] ?? null, key.slice(dot + 1))
}

/** The same by bytes: the member that `lookUp` reads, given the members of the outermost object. */
export function locate(view: string, members: readonly Member[], key: string): Member | undefined {
  const whole = lastMember(view, members, key)
  const dot = key.indexOf('.')
  if (whole || dot === -1) return whole
  const head = lastMember(view, members, key.slice(0, dot))
  if (!head || view[head.valueAt] !== '{') return undefined
  return locate(view, scanObject(view, head.valueAt).members, key.slice(dot + 1))
}

/** The key of a member, its escapes resolved. */
export function keyOf(view: string, member: Member): string {
  const quoted = view.slice(member.keyAt, member.keyEnd)
  return JSON.parse(Buffer.from(quoted, 'latin1').toString())
}

/** Of members with one key the last counts, as in JSON.parse and in Python. */
function lastMember(view: string, members: readonly Member[], key: string): Member | undefined {
  const quoted = quote(key)
  for (let i = members.length - 1; i >= 0; i--) {
    const member = members[i]
    if (member && isKey(view, member, key, quoted)) return member
  }
  return undefined
}

function isKey(view: string, member: Member, key: string, quoted: string): boolean {
  if (view.startsWith(quoted, member.keyAt) && member.keyEnd - member.keyAt === quoted.length) return true
  return view.slice(member.keyAt, member.keyEnd).includes('\\') && keyOf(view, member) === key
}

/** Puts a value under any key, `__proto__` included. */
export function setOwn<T>(record: Record<string, T>, key: string, value: T): void {
  if (key !== '__proto__') record[key] = value
  else Object.defineProperty(record, key, { value, enumerable: true, writable: true, configurable: true })
}

const quotedKeys = new Map<string, string>()

/** A key between quotes, one character per byte. Remembered: there are as many as recipes name. */
function quote(key: string): string {
  const known = quotedKeys.get(key)
  if (known !== undefined) return known
  const quoted = Buffer.from(JSON.stringify(key)).toString('latin1')
  if (quotedKeys.size < 1000) quotedKeys.set(key, quoted)
  return quoted
}
