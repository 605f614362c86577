import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** An answer that was paid for. */
export interface KeptAnswer {
  text: string
}

/**
 * Answers on disk, one file each, so that replicas of one machine share them and a crash leaves no half of one. They may be
 * deleted at any time: what is missing is asked again.
 */
export class AnswerStore {
  readonly #directory: string

  constructor(directory: string) {
    this.#directory = directory
  }

  /** The answer to a question; null where it is not known. */
  async find(question: string): Promise<KeptAnswer | null> {
    try {
      const kept: unknown = JSON.parse(await readFile(this.#place(question), 'utf8'))
      return isKeptAnswer(kept) ? kept : null
    } catch {
      return null
    }
  }

  /** Keeps an answer. One that cannot be kept is only not known later. */
  async keep(question: string, answer: KeptAnswer): Promise<void> {
    const place = this.#place(question)
    const unfinished = `${place}.${randomUUID()}.part`
    try {
      await mkdir(dirname(place), { recursive: true, mode: 0o700 })
      await writeFile(unfinished, JSON.stringify(answer), { mode: 0o600 })
      await rename(unfinished, place)
    } catch {
      await rm(unfinished, { force: true }).catch(() => undefined)
    }
  }

  /** Spread over 256 directories, since a file system finds little in one that holds a million files. */
  #place(question: string): string {
    const digest = createHash('sha256').update(question).digest('hex')
    return join(this.#directory, digest.slice(0, 2), `${digest.slice(2)}.json`)
  }
}

function isKeptAnswer(value: unknown): value is KeptAnswer {
  return typeof value === 'object' && value !== null && 'text' in value && typeof value.text === 'string'
}
