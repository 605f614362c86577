/**
 * Writes to standard output and resolves when the reader has taken it. A reader that has gone (`| head`) ends the command
 * quietly, as it ends every other program of a pipe.
 */
export function print(content: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(content, (error) => {
      if (!error) return resolve()
      if ('code' in error && error.code === 'EPIPE') process.exit(0)
      reject(error)
    })
  })
}

/** Prints a value as one line of JSON. */
export function printJson(value: unknown): Promise<void> {
  return print(`${JSON.stringify(value)}\n`)
}

/** A line on standard error: what is being done, or a remark beside the result. */
export function tell(line: string): void {
  process.stderr.write(`${line}\n`)
}
