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

/** What waits to be written, where writing does not work; more than this is left out. Bytes. */
const LONGEST_BACKLOG = 1024 * 1024

/**
 * The structured log, on standard error so that standard output stays the command's own. Secrets are left out twice: members
 * that are named like one, and the secrets of this process wherever they stand, be it within the message of a foreign error.
 */
export function stderrLog(level: string, name: string): pino.Logger {
  const stderr = pino.destination({ dest: 2, maxLength: LONGEST_BACKLOG })
  // A log that cannot be written, on a full disk perhaps, ends nobody's work.
  stderr.on('error', () => undefined)
  const masked = { write: (line: string) => void stderr.write(withoutSecrets(line)) }
  return pino({ name, level: process.env.MILLRACE_LOG ?? level, redact: SECRET }, masked)
}
