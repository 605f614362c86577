import { createHash } from 'node:crypto'
import { appendFileSync, closeSync, fstatSync, mkdirSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import type { Budget } from '../../topologies/effects.ts'
import { Failure } from '../../topologies/failure.ts'

/** What one answer took. */
export interface Usage {
  prompt: number
  completion: number
}

const MILLION = 1_000_000

/**
 * What was spent on a budget: a log to which all replicas of a machine append and which each of them reads on from where it
 * stood, so that it outlives them.
 */
export class Spending {
  readonly #budget: Budget
  readonly #path: string
  readonly #spent = { requests: 0, prompt: 0, completion: 0 }
  #read = 0
  /** Sent by this replica and not answered yet. */
  #open = 0

  constructor(directory: string, name: string, budget: Budget) {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    this.#budget = budget
    this.#path = join(directory, `${createHash('sha256').update(name).digest('hex').slice(0, 16)}.log`)
  }

  /** Takes leave to send a request. Throws Failure `budget_spent`. */
  begin(): void {
    this.#catchUp()
    const { requests, tokens, cost, name } = this.#budget
    const { prompt, completion, requests: done } = this.#spent
    const exhausted =
      (requests !== null && done + this.#open >= requests && `${requests} requests`) ||
      (tokens !== null && prompt + completion >= tokens && `${tokens} tokens`) ||
      (cost !== null && this.#cost() >= cost && `a cost of ${cost}`)
    if (exhausted) {
      throw new Failure(
        'budget_spent',
        `The budget${name === null ? '' : ` ${name}`} of ${exhausted} is spent: raise it or give it another name, then replay the document.`,
      )
    }
    this.#open++
  }

  /** The request is over; null when nothing has to be paid for it. */
  end(usage: Usage | null): void {
    this.#open--
    if (usage) appendFileSync(this.#path, `${usage.prompt} ${usage.completion}\n`, { mode: 0o600 })
  }

  #cost(): number {
    const { prompt = 0, completion = 0 } = this.#budget.prices ?? {}
    return (this.#spent.prompt * prompt + this.#spent.completion * completion) / MILLION
  }

  /** Reads what was appended since, whole lines of it. */
  #catchUp(): void {
    for (const line of linesBehind(this.#path, this.#read)) {
      this.#read += Buffer.byteLength(line) + 1
      const [prompt = 0, completion = 0] = line.split(' ').map(Number)
      this.#spent.requests++
      this.#spent.prompt += prompt || 0
      this.#spent.completion += completion || 0
    }
  }
}

function linesBehind(path: string, from: number): string[] {
  const file = openIfThere(path)
  if (file === null) return []
  try {
    const bytes = Buffer.alloc(Math.max(0, fstatSync(file).size - from))
    const length = bytes.length > 0 ? readSync(file, bytes, 0, bytes.length, from) : 0
    const lines = bytes.toString('latin1', 0, length).split('\n')
    return lines.slice(0, -1)
  } finally {
    closeSync(file)
  }
}

function openIfThere(path: string): number | null {
  try {
    return openSync(path, 'r')
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return null
    throw thrown
  }
}
