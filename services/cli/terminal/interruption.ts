import { Failure } from '../../../topologies/failure.ts'

/** Aborts at Ctrl-C or SIGTERM with a Failure that says this; a second Ctrl-C ends the process at once. */
export function interruption(sentence: string): AbortSignal {
  const controller = new AbortController()
  const interrupt = () => controller.abort(new Failure('interrupted', sentence))
  process.once('SIGINT', interrupt)
  process.once('SIGTERM', interrupt)
  return controller.signal
}

/**
 * The same items, until the signal aborts: then it rejects at once, even while the source waits for somebody at a keyboard. Holds
 * no item that was handed on.
 */
export async function* abortable<T>(source: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  signal.throwIfAborted()
  const items = source[Symbol.asyncIterator]()
  // A promise for each wait: one that outlives them, as in Promise.race, would keep every item until the end.
  let giveUp: (reason: unknown) => void = () => undefined
  const abort = () => giveUp(signal.reason)
  const next = () =>
    new Promise<IteratorResult<T>>((resolve, reject) => {
      giveUp = reject
      items.next().then(resolve, reject)
    })
  signal.addEventListener('abort', abort, { once: true })
  try {
    for (let item = await next(); !item.done; item = await next()) {
      yield item.value
      signal.throwIfAborted()
    }
  } finally {
    signal.removeEventListener('abort', abort)
    // Not awaited: a source that waits for input would never answer. An open standard input would keep the process alive.
    items.return?.()?.catch(() => undefined)
    if (signal.aborted) process.stdin.destroy()
  }
}
