import { writeSync } from 'node:fs'
import pino from 'pino'
import { withoutSecrets } from './terminal/secrets.ts'

/** Members that must never reach a log, at the depths at which settings nest. */
const NAMES = [
  'password',
  'passphrase',
  'secret',
  'token',
  'authorization',
  'sasl.password',
  'ssl.key',
  'ssl.passphrase',
]
const SECRET = NAMES.flatMap((name) => [name, `*.${name}`, `*.*.${name}`])

/**
 * The structured log, on standard error so that standard output stays the command's own. Secrets are left out twice: members
 * that are named like one, and the secrets of this process wherever they stand, be it within the message of a foreign error.
 */
export function stderrLog(level: string, name: string): pino.Logger {
  const masked = { write: (line: string) => writeAway(withoutSecrets(line)) }
  return pino({ name, level: process.env.MILLRACE_LOG ?? level, redact: SECRET }, masked)
}

const STDERR = 2
/** How often a reader that is too slow is waited for, and how long at a time. Milliseconds. */
const WAITS = 200
const WAIT = 5

/**
 * Writes a line at once. One that cannot be written, on a full disk perhaps, is lost and ends nobody's work: pino's own
 * destination would wait for room for ever.
 */
function writeAway(line: string): void {
  const bytes = Buffer.from(line)
  for (let at = 0, waits = 0; at < bytes.length && waits < WAITS; ) {
    try {
      at += writeSync(STDERR, bytes, at)
    } catch (thrown) {
      if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'EAGAIN')) return
      waits++
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WAIT)
    }
  }
}
