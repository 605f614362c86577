import type { Progress } from '../../pipeline/run.ts'
import { count, duration } from './numbers.ts'

/** A redraw on a terminal, and a line in a pipe, come no more often than this. Milliseconds. */
const TERMINAL_PAUSE = 100
const PIPE_PAUSE = 5_000
const WINDOW = 5

export interface ProgressView {
  show(progress: Progress): void
  /** Removes what stands on the terminal, so that the next line begins at its left edge. */
  clear(): void
}

/** Progress on standard error: one line that redraws itself on a terminal, plain lines now and then elsewhere. */
export function progressView(stream: NodeJS.WriteStream): ProgressView {
  const terminal = stream.isTTY === true
  const speed = speedometer()
  let last = 0
  let drawn = false
  return {
    show(progress) {
      const now = performance.now()
      const rate = speed(progress)
      if (now - last < (terminal ? TERMINAL_PAUSE : PIPE_PAUSE)) return
      last = now
      drawn = terminal
      stream.write(terminal ? `\r\u001b[2K${line(progress, rate)}` : `${line(progress, rate)}\n`)
    },
    clear() {
      if (drawn) stream.write('\r\u001b[2K')
      drawn = false
    },
  }
}

/** One line: done, rate, lag, drop rate, time left when the end is known. */
function line(progress: Progress, rate: number): string {
  if (progress.phase === 'leftovers') return `finishing ${count(progress.fed)} records that an earlier run left behind`
  const lag = Math.max(progress.fed - progress.input, 0)
  const dropped = progress.input === 0 ? 0 : (100 * (progress.rejected + progress.dead_letters)) / progress.input
  const left = progress.fedAll && rate > 0 ? `, ${duration(lag / rate)} left` : ''
  return `${count(progress.input)} documents, ${count(Math.round(rate))}/s, lag ${count(lag)}, ${dropped.toFixed(1)} % dropped, ${duration(progress.seconds)}${left}`
}

/** Documents per second over the last seconds. */
function speedometer(): (progress: Progress) => number {
  const points: { seconds: number; input: number }[] = []
  return ({ seconds, input }) => {
    points.push({ seconds, input })
    while (points.length > 2 && seconds - (points[0]?.seconds ?? 0) > WINDOW) points.shift()
    const first = points[0]
    if (!first || seconds === first.seconds) return 0
    return (input - first.input) / (seconds - first.seconds)
  }
}
