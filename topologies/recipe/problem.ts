/** A place in a file; both count from 1, columns in UTF-16 units. */
export interface Place {
  line: number
  column: number
}

/** Keys and indexes from the top of a recipe down to a value. */
export type Path = readonly (string | number)[]

/** A mistake in a recipe: where it stands, what is wrong, and what would be right when that can be guessed. */
export interface Problem extends Place {
  file: string
  /** `process[3].clean_email_mapper.repl`; '' for the recipe as a whole. */
  path: string
  message: string
  hint?: string
}

/** What Millrace makes of a key of a recipe that is in order. */
export interface Note extends Place {
  file: string
  path: string
  treatment: 'honoured' | 'ignored'
  reason: string
}

/** A problem before the file's name is put on it. */
export type Fault = Omit<Problem, 'file'>
/** A note before the file's name is put on it. */
export type Remark = Omit<Note, 'file'>

/** A path as people write it: `stream.cut_before[0]`. */
export function pathText(path: Path): string {
  let text = ''
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`
    else text += text === '' ? step : `.${step}`
  }
  return text
}

/** Puts the file's name on faults or remarks and sorts them by place. */
export function inFile<T extends Place>(file: string, findings: readonly T[]): (T & { file: string })[] {
  const named = findings.map((finding) => ({ file, ...finding }))
  return named.sort((a, b) => a.line - b.line || a.column - b.column)
}
