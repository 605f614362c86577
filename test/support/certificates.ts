import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

/** A certificate with its key, both PEM. */
export interface Identity {
  certificate: string
  key: string
}

export interface Wish {
  /** Common name of the subject. */
  name: string
  /** Host names and IPv4 addresses that it is good for. */
  hosts?: string[]
  /** Days from now at which its validity begins and ends. */
  days?: [number, number]
}

/** Signs certificates: with it a test has a public-key infrastructure of its own, without any program or network. */
export interface Authority {
  certificate: string
  issue(wish: Wish): Identity
}

const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2'
const COMMON_NAME = '2.5.4.3'
const BASIC_CONSTRAINTS = '2.5.29.19'
const ALTERNATIVE_NAMES = '2.5.29.17'
const DAY = 86_400_000

/** A new authority that trusts nobody and that nobody trusts yet. */
export function certificateAuthority(name: string): Authority {
  const own = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const isAuthority = extension(BASIC_CONSTRAINTS, sequence(der(0x01, Buffer.from([0xff]))))
  const certificate = certificateOf({ issuer: name, key: own.privateKey }, own.publicKey, {
    wish: { name },
    extensions: [isAuthority],
  })
  return {
    certificate,
    issue(wish) {
      const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      const names = (wish.hosts ?? []).map(hostName)
      const extensions = names.length > 0 ? [extension(ALTERNATIVE_NAMES, sequence(...names))] : []
      return {
        certificate: certificateOf({ issuer: name, key: own.privateKey }, pair.publicKey, { wish, extensions }),
        key: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      }
    },
  }
}

interface Signer {
  issuer: string
  key: KeyObject
}

/** RFC 5280, section 4.1. */
function certificateOf(signer: Signer, key: KeyObject, what: { wish: Wish; extensions: Buffer[] }): string {
  const { wish, extensions } = what
  const [from, until] = wish.days ?? [-1, 30]
  const algorithm = sequence(objectId(ECDSA_WITH_SHA256))
  const serial = randomBytes(8)
  serial[0] = 0x40 | ((serial[0] ?? 0) & 0x3f)
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, serial),
    algorithm,
    distinguishedName(signer.issuer),
    sequence(time(from), time(until)),
    distinguishedName(wish.name),
    key.export({ type: 'spki', format: 'der' }),
    ...(extensions.length > 0 ? [der(0xa3, sequence(...extensions))] : []),
  )
  const signature = der(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', body, signer.key)]))
  const lines =
    sequence(body, algorithm, signature)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}

function distinguishedName(name: string): Buffer {
  return sequence(der(0x31, sequence(objectId(COMMON_NAME), der(0x0c, Buffer.from(name)))))
}

function hostName(host: string): Buffer {
  const address = /^\d+(\.\d+){3}$/.test(host)
  return address ? der(0x87, Buffer.from(host.split('.').map(Number))) : der(0x82, Buffer.from(host))
}

function extension(id: string, value: Buffer): Buffer {
  return sequence(objectId(id), der(0x04, value))
}

/** UTCTime: YYMMDDhhmmssZ. */
function time(days: number): Buffer {
  const text = new Date(Date.now() + days * DAY).toISOString().replace(/[-:T]/g, '').slice(2, 14)
  return der(0x17, Buffer.from(`${text}Z`))
}

function objectId(id: string): Buffer {
  const [first = 0, second = 0, ...rest] = id.split('.').map(Number)
  const bytes = rest.flatMap((part) => {
    const digits = [part & 0x7f]
    for (let left = part >>> 7; left > 0; left >>>= 7) digits.unshift((left & 0x7f) | 0x80)
    return digits
  })
  return der(0x06, Buffer.from([first * 40 + second, ...bytes]))
}

function sequence(...parts: Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts))
}

/** A value with its tag and length in front (ITU-T X.690). */
function der(tag: number, content: Buffer): Buffer {
  const { length } = content
  // The shortest form of a length is the only right one.
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}
