import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Python } from '../../topologies/effects.ts'
import { classify, Failure } from '../../topologies/failure.ts'
import { FrameReader, frame } from './frames.ts'

export interface SidecarOptions {
  /** The interpreter: a path, or a name to look for. */
  command: string
  /** Longest that a function may take for one sample, or a program to load. Seconds. */
  budget: number
  /** Environment of the process, which runs code of the recipe; that of this one when not given. */
  env?: Record<string, string | undefined>
}

const SCRIPT = fileURLToPath(new URL('./sidecar.py', import.meta.url))

/** Frames written ahead of their answers, so that the process never idles and little is written again after a crash. */
const WINDOW = 32

interface Request {
  json: string
  settle(reply: string | Failure): void
}

/**
 * One Python process that runs the functions of a replica, one sample after the other. A sample on which it dies or stays
 * silent fails alone: a new process takes over the functions and the samples behind it.
 *
 *   idle -> running -> (death: the oldest unanswered request fails) -> idle -> … -> closed
 */
export class PythonSidecar {
  readonly #options: SidecarOptions
  /** The requests with which a new process learns its functions. */
  readonly #programs: string[] = []
  #child: ChildProcess | null = null
  #waiting: Request[] = []
  /** Written and not answered, oldest first. */
  #sent: Request[] = []
  #alarm: NodeJS.Timeout | undefined
  /** The process was killed because its oldest request took too long. */
  #late = false
  #closed = false

  constructor(options: SidecarOptions) {
    this.#options = options
  }

  /** Loads a program; the functions of several operators share the process. */
  readonly python: Python = (program) => {
    const id = this.#programs.length
    const load = JSON.stringify({ load: id, program })
    this.#programs.push(load)
    const loaded = this.#ask(load)
    return {
      ready: async () => {
        const reply = await loaded
        if (reply instanceof Failure) throw reply
        const { refused }: { refused?: string } = JSON.parse(reply)
        if (refused) throw new Failure('parameters_invalid', `The Python program cannot be used: ${refused}`)
      },
      call: (samples) => Promise.all(samples.map((sample) => this.#ask(`{"call":${id},"sample":${sample}}`))),
      close: async () => this.close(),
    }
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#alarm)
    this.#child?.kill()
    this.#child = null
  }

  #ask(json: string): Promise<string | Failure> {
    return new Promise((settle) => {
      this.#waiting.push({ json, settle })
      this.#write()
    })
  }

  #write(): void {
    if (this.#closed) return
    this.#child ??= this.#start()
    while (this.#sent.length < WINDOW) {
      const request = this.#waiting.shift()
      if (!request) break
      this.#sent.push(request)
      this.#child.stdin?.write(frame(request.json))
      if (this.#sent.length === 1) this.#watch()
    }
  }

  #start(): ChildProcess {
    const { command, env = process.env } = this.#options
    const child = spawn(command, ['-u', SCRIPT], { stdio: ['pipe', 'pipe', 'inherit'], env })
    const frames = new FrameReader()
    child.on('error', (error) => this.#missing(child, error))
    // Not `exit`: answers may still lie in the pipe then.
    child.on('close', (code, signal) => this.#died(child, signal ?? `exit code ${code}`))
    // A pipe that breaks is told by `close`.
    child.stdin.on('error', () => undefined)
    child.stdout.on('data', (chunk: Buffer) => {
      for (const reply of frames.take(chunk)) this.#answered(reply)
    })
    return child
  }

  #answered(reply: string): void {
    this.#sent.shift()?.settle(reply)
    this.#watch()
    this.#write()
  }

  /** Gives the oldest request its time. */
  #watch(): void {
    clearTimeout(this.#alarm)
    const child = this.#child
    if (this.#sent.length === 0) return
    this.#alarm = setTimeout(() => {
      this.#late = true
      child?.kill('SIGKILL')
    }, this.#options.budget * 1000)
  }

  #missing(child: ChildProcess, error: Error): void {
    if (this.#child !== child) return
    const { command } = this.#options
    const sentence = `Python cannot be started as ${command}: ${classify(error).message}. Install Python 3, or name it by MILLRACE_PYTHON.`
    const asked = [...this.#sent, ...this.#waiting]
    this.#forget()
    for (const { settle } of asked) settle(new Failure('environment_missing', sentence, { cause: error }))
  }

  #died(child: ChildProcess, how: string): void {
    if (this.#child !== child) return
    const [suspect, ...innocent] = this.#sent
    const again = [...innocent, ...this.#waiting]
    this.#forget()
    suspect?.settle(new Failure('operator_crashed', this.#storyOf(how)))
    this.#late = false
    if (again.length === 0) return
    const known = new Set(again.map(({ json }) => json))
    const reloads = this.#programs.filter((json) => !known.has(json))
    this.#waiting = [...reloads.map((json) => ({ json, settle: () => undefined })), ...again]
    this.#write()
  }

  #storyOf(how: string): string {
    if (this.#late)
      return `The Python function took longer than ${this.#options.budget} s, and its process was stopped.`
    return `The Python process ended at this sample: ${how}.`
  }

  #forget(): void {
    clearTimeout(this.#alarm)
    this.#child = null
    this.#sent = []
    this.#waiting = []
  }
}
