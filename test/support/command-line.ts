import { spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
/** The Node that the project pins, whatever runs the tests. */
const NODE = join(ROOT, 'node_modules', 'node', 'bin', 'node')
const MAIN = join(ROOT, 'services', 'cli', 'main.ts')

/** What a command left behind when it ended. */
export interface Ended {
  /** Exit code; null when a signal ended it. */
  code: number | null
  stdout: string
  stderr: string
  seconds: number
}

export interface CommandOptions {
  /** Standard input; none when not given. */
  input?: string | Uint8Array
  env?: Record<string, string>
  /** The directory in which the user stands. */
  directory?: string
  /** Sends this signal after so many milliseconds. */
  interrupt?: { signal: NodeJS.Signals; after: number }
}

/** Runs `millrace` with these arguments as a person would: a process of its own, real streams, a real exit code. */
export function millrace(args: string[], options: CommandOptions = {}): Promise<Ended> {
  const directory = options.directory ?? ROOT
  const env = { ...process.env, INIT_CWD: directory, NO_COLOR: '1', ...options.env }
  const started = performance.now()
  const child = spawn(NODE, ['--disable-warning=ExperimentalWarning', MAIN, ...args], { env, cwd: directory })
  const out: Buffer[] = []
  const err: Buffer[] = []
  child.stdout.on('data', (bytes: Buffer) => out.push(bytes))
  child.stderr.on('data', (bytes: Buffer) => err.push(bytes))
  // A command that ends without reading its input breaks the pipe, which is its right.
  child.stdin.on('error', () => undefined)
  if (options.interrupt === undefined) child.stdin.end(options.input ?? '')
  else if (options.input !== undefined) child.stdin.write(options.input)
  const { interrupt } = options
  const timer = interrupt && setTimeout(() => child.kill(interrupt.signal), interrupt.after)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => {
      clearTimeout(timer)
      child.stdin.destroy()
      const seconds = (performance.now() - started) / 1000
      resolve({ code, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString(), seconds })
    })
  })
}

/** A directory of its own for a test's files; it goes with the machine's temporary files. */
export function scratchDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'millrace-test-'))
}

/** Every line of a text as the value that its JSON says. */
export function jsonLines(text: string): unknown[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line))
}
