import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'

/** What `npm audit --json` says, as far as it is read here: a report, or why there is none. */
const reportShape = z.object({
  vulnerabilities: z.record(z.string(), z.object({ severity: z.string(), range: z.string().optional() })),
})
const refusalShape = z.object({
  statusCode: z.number().optional(),
  message: z.string().optional(),
  error: z.object({ code: z.string().nullish(), summary: z.string().optional() }).optional(),
})

/** Severities that fail the audit. */
const GRAVE = new Set(['high', 'critical'])
/** What a registry without the endpoint answers. */
const UNKNOWN_THERE = new Set([400, 404, 405, 410, 501])

export interface Verdict {
  lines: string[]
  /** 0: nothing grave is known; 1: something is; 2: nothing could be found out. */
  exitCode: 0 | 1 | 2
}

/** What an audit's answer means to whoever asked for it. Silence of a registry is never taken for safety. */
export function verdictOf(answer: string): Verdict {
  const value = parsed(answer)
  const report = reportShape.safeParse(value)
  if (!report.success) return { lines: [unaudited(value)], exitCode: 2 }
  const found = Object.entries(report.data.vulnerabilities)
  if (found.length === 0) return { lines: ['No production dependency has a known vulnerability.'], exitCode: 0 }
  const lines = found.map(([name, { severity, range }]) => `${severity}: ${name} ${range ?? ''}`.trimEnd())
  return { lines: lines.sort(), exitCode: found.some(([, { severity }]) => GRAVE.has(severity)) ? 1 : 0 }
}

function unaudited(value: unknown): string {
  const { statusCode, message, error } = refusalShape.catch({}).parse(value)
  if (statusCode !== undefined && UNKNOWN_THERE.has(statusCode))
    return `Nothing was audited: the registry that npm is configured for has no audit endpoint (it answers ${statusCode}). Run this where npm's registry has one.`
  return `Nothing was audited: ${error?.summary || message || error?.code || 'npm gave no reason'}`
}

function parsed(answer: string): unknown {
  try {
    return JSON.parse(answer)
  } catch {
    return {}
  }
}

if (import.meta.main) {
  const root = fileURLToPath(new URL('..', import.meta.url))
  const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json'], { cwd: root, encoding: 'utf8' })
  const { lines, exitCode } = verdictOf(stdout ?? '')
  process.stdout.write(`${lines.join('\n')}\n`)
  process.exitCode = exitCode
}
