import type { Failure } from './failure.ts'

/** A function in Python that a recipe brings along: a lambda, or one of a file. It takes a sample as a dict and gives one. */
export interface PythonProgram {
  source: { lambda: string } | { file: string; function: string }
  /** It takes and gives a dict of lists, here always of one sample. */
  batched: boolean
}

/** Loads a program into the one Python process of this replica. */
export type Python = (program: PythonProgram) => PythonFunction

export interface PythonFunction {
  /** Settles when the program is loaded. Rejects with `environment_missing` without Python, `parameters_invalid` for a program that is none. */
  ready(): Promise<void>
  /** Samples as JSON objects in; for each, in order, a JSON object as PythonReply has it, or why the function failed on it. */
  call(samples: string[]): Promise<(string | Failure)[]>
  close(): Promise<void>
}

/** A file on the network that a document names. */
export interface DownloadRequest {
  url: string
  /** For the whole transfer. Seconds. */
  timeout: number
  /** Where to put it as well; it appears there whole or not at all. An existing file is taken as it is. */
  saveAs?: string
}

/** Gives the file's bytes; rejects with `download_failed` or `address_refused`. */
export type Downloader = (request: DownloadRequest) => Promise<Uint8Array>
