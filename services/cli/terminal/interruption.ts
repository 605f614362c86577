import { Failure } from '../../../topologies/failure.ts'

/** Aborts at Ctrl-C or SIGTERM with a Failure that says this; a second Ctrl-C ends the process at once. */
export function interruption(sentence: string): AbortSignal {
  const controller = new AbortController()
  const interrupt = () => controller.abort(new Failure('interrupted', sentence))
  process.once('SIGINT', interrupt)
  process.once('SIGTERM', interrupt)
  return controller.signal
}

/** The same items, until the signal aborts: then it rejects at once, even while the source waits for somebody at a keyboard. */
export async function* abortable<T>(source: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  const items = source[Symbol.asyncIterator]()
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
  aborted.catch(() => undefined)
  signal.throwIfAborted()
  try {
    for (
      let next = await Promise.race([items.next(), aborted]);
      !next.done;
      next = await Promise.race([items.next(), aborted])
    ) {
      yield next.value
    }
  } finally {
    // Not awaited: a source that waits for input would never answer. An open standard input would keep the process alive.
    items.return?.()?.catch(() => undefined)
    if (signal.aborted) process.stdin.destroy()
  }
}
