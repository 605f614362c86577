/** Blanks of Java's `\s`. */
const isBlank = (unit: number) => unit === 0x20 || (unit >= 0x09 && unit <= 0x0d)

/** Takes a word of a text. */
type Take = (word: string) => void

/**
 * Words as Spark's Tokenizer cuts them, `text.toLowerCase.split("\\s")` in Java: two blanks have an empty word between them, and
 * empty words at the end are none. A text without a blank is one word, be it empty.
 */
export function eachSparkWord(text: string, take: Take): void {
  const lower = text.toLowerCase()
  let end = lower.length
  while (end > 0 && isBlank(lower.charCodeAt(end - 1))) end--
  // Nothing but blanks is no word, but nothing at all is one.
  if (end === 0 && lower.length > 0) return
  let start = 0
  for (let i = 0; i < end; i++) {
    if (!isBlank(lower.charCodeAt(i))) continue
    take(lower.slice(start, i))
    start = i + 1
  }
  take(lower.slice(start, end))
}
