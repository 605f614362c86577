import { openOutput } from '../../connectors/jsonl-writer.ts'
import { userPath } from '../settings.ts'

/** Writes a text to a file, whole or not at all; to standard output for `-`. Rejects with `output_unwritable` or `disk_full`. */
export async function writeText(path: string, text: string): Promise<void> {
  const file = await openOutput(userPath(path), `text-${process.pid}`)
  try {
    // The writer ends each line itself.
    await file.write(
      text
        .replace(/\n$/, '')
        .split('\n')
        .map((line) => Buffer.from(line)),
    )
    await file.commit()
  } catch (thrown) {
    await file.abort()
    throw thrown
  }
}
