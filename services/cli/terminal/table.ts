/** A column of a table: its head, and whether it holds numbers, which stand at its right edge. */
export interface Column {
  head: string
  right?: boolean
}

/** Rows under heads, aligned, two blanks apart and indented by two; lines end without blanks. */
export function table(columns: Column[], rows: string[][]): string[] {
  const heads = columns.map(({ head }) => head)
  const widths = columns.map((_, at) => Math.max(...[heads, ...rows].map((row) => (row[at] ?? '').length)))
  return [heads, ...rows].map((row) => {
    const cells = columns.map(({ right }, at) => {
      const cell = row[at] ?? ''
      return right ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)
    })
    return `  ${cells.join('  ')}`.trimEnd()
  })
}
