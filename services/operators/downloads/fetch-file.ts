import { createHash } from 'node:crypto'
import type { Exact } from '../../../schemas/json/exact.ts'
import type { Downloader } from '../../../topologies/effects.ts'
import { classify, Failure } from '../../../topologies/failure.ts'
import type { Subject } from '../../../topologies/operator.ts'

export interface Fetch {
  download: Downloader
  readFile: ((path: string) => Uint8Array) | undefined
  /** Seconds. */
  timeout: number
  /** Where files are put; null to keep none. */
  directory: string | null
  distinctNames: boolean
}

/** What became of one address: what stands in its place, and its content in hexadecimal when it was asked for. */
export interface Fetched {
  place: Exact
  content: string | null
  failure: Failure | null
}

/** Fetches one file, or reads a local one. An address that cannot be had stays as it is, with the failure beside it. */
export async function fetchFile(address: Exact, wanted: boolean, fetch: Fetch): Promise<Fetched> {
  try {
    if (typeof address !== 'string') throw new Failure('download_failed', 'What should be an address is no text.')
    if (!REMOTE.test(address))
      return { place: address, content: wanted ? localFile(address, fetch) : null, failure: null }
    if (fetch.directory === null && !wanted) return { place: address, content: null, failure: null }
    const saveAs = fetch.directory === null ? undefined : `${fetch.directory}/${fileName(address, fetch.distinctNames)}`
    if (saveAs?.endsWith('/') && !wanted) return { place: saveAs, content: null, failure: null }
    const bytes = await fetch.download({
      url: address,
      timeout: fetch.timeout,
      ...(saveAs === undefined ? {} : { saveAs }),
    })
    return { place: saveAs ?? address, content: wanted ? Buffer.from(bytes).toString('hex') : null, failure: null }
  } catch (thrown) {
    const failure = classify(thrown)
    // The recipe's mistake, not the document's.
    if (failure.code === 'files_not_allowed') throw failure
    return { place: address, content: null, failure }
  }
}

/** As Data-Juicer's `is_remote_path`. */
const REMOTE = /^(?:https?|s3|gs|hdfs):\/\//i

function localFile(path: string, { readFile }: Fetch): string {
  if (readFile) return Buffer.from(readFile(path)).toString('hex')
  throw new Failure(
    'files_not_allowed',
    `${path} is a local file: set stream.allow_files to true if you trust the documents.`,
  )
}

/** The last part of an address's path, parameters of it left out. Throws `download_failed` where there is none to name a file after. */
function fileName(address: string, distinct: boolean): string {
  const path = address.replace(/^[^/]*\/\/[^/?#]*/, '').replace(/[?#].*$/s, '')
  const name = path.slice(path.lastIndexOf('/') + 1).replace(/;.*$/s, '')
  if (name === '.' || name === '..' || name.includes('\0') || name.includes('\\')) {
    throw new Failure('download_failed', `${address} has no base name to save it under.`)
  }
  if (!distinct) return name
  return `${createHash('sha256').update(address).digest('hex').slice(0, 16)}-${name}`
}

export interface ContentsWanted {
  key: string
  resume: boolean
  acceptSingle: boolean
  /** The field holds one address and no list. */
  single: boolean
}

/** The contents that are there already, null for each that must be fetched. Throws where Data-Juicer does. */
export function contentsOf(
  subject: Subject,
  count: number,
  { key, resume, acceptSingle, single }: ContentsWanted,
): Exact[] {
  const there = subject.keys().includes(key) ? (subject.exact(key) ?? null) : undefined
  if (there !== undefined && !resume) {
    throw new Failure(
      'operator_failed',
      `The sample has a field ${key} already: set resume_download to true to go on with it.`,
    )
  }
  const known = there ?? null
  if (single) {
    if (isTruthy(known)) return [known]
    if (acceptSingle) return [null]
    throw new Failure(
      'operator_failed',
      `The address is no list, and its content goes to ${key}: set accept_single to true.`,
    )
  }
  if (typeof known === 'number' || known === true) {
    throw new Failure('operator_failed', `The field ${key} should hold a list of contents.`)
  }
  const fits = Array.isArray(known) && known.length === count
  return fits ? known.map((content) => (isTruthy(content) ? content : null)) : new Array<Exact>(count).fill(null)
}

function isTruthy(value: Exact): boolean {
  return value !== null && value !== '' && value !== false && value !== 0
}
