import pino from 'pino'

/** Secrets that must never reach a log, wherever they are nested. */
const SECRET = ['password', 'sasl.password', '*.password', '*.sasl.password', 'key', 'ssl.key', '*.ssl.key']

/** The structured log, on standard error so that standard output stays the command's own. */
export function stderrLog(level: string, name: string): pino.Logger {
  return pino({ name, level: process.env.MILLRACE_LOG ?? level, redact: SECRET }, pino.destination(2))
}
