import { lookup as lookUpHost } from 'node:dns'
import { existsSync } from 'node:fs'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { get as getPlain, type IncomingMessage } from 'node:http'
import { get as getSecure } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { dirname } from 'node:path'
import type { Downloader } from '../../topologies/effects.ts'
import { classify, Failure } from '../../topologies/failure.ts'
import { makeDirectory } from '../connectors/directories.ts'
import { isPublic } from './addresses.ts'

export interface DownloadOptions {
  /** Hosts that may be asked, wherever they are; null for every host of the public internet. */
  hosts: readonly string[] | null
  /** A file that is larger is refused. Bytes. */
  largest?: number
}

const LARGEST = 64 * 1024 * 1024
const MOST_REDIRECTS = 5

/**
 * Fetches what documents name, without becoming their tool: only HTTP, only public addresses or hosts that the recipe lists,
 * checked where the connection is made, so that neither a redirect nor a name that changes its address gets around it.
 */
export function downloader(options: DownloadOptions): Downloader {
  return async ({ url, timeout, saveAs }) => {
    if (saveAs !== undefined && existsSync(saveAs)) return readFile(saveAs)
    const signal = AbortSignal.timeout(timeout * 1000)
    const bytes = await fetched(url, options, signal).catch((thrown: unknown) => {
      if (thrown instanceof Failure) throw thrown
      const why = signal.aborted ? `it took longer than ${timeout} s` : classify(thrown).message
      throw new Failure('download_failed', `${url} could not be fetched: ${why}`, { cause: thrown })
    })
    if (saveAs !== undefined) await save(bytes, saveAs)
    return bytes
  }
}

async function fetched(from: string, options: DownloadOptions, signal: AbortSignal): Promise<Uint8Array> {
  let url = new URL(from)
  for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
    const response = await request(url, options, signal)
    const { statusCode = 0, headers } = response
    if (statusCode >= 300 && statusCode < 400 && headers.location !== undefined) {
      response.destroy()
      url = new URL(headers.location, url)
      continue
    }
    if (statusCode >= 400) {
      response.destroy()
      throw new Failure('download_failed', `${url} answers ${statusCode}.`)
    }
    return body(response, url, options.largest ?? LARGEST)
  }
  throw new Failure('download_failed', `${from} redirects more than ${MOST_REDIRECTS} times.`)
}

function request(url: URL, { hosts }: DownloadOptions, signal: AbortSignal): Promise<IncomingMessage> {
  const get = { 'http:': getPlain, 'https:': getSecure }[url.protocol]
  if (!get) throw refused(url.href, 'only http and https are spoken')
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (hosts && !hosts.includes(host)) throw refused(host, 'it is not among the hosts that stream.allow_downloads lists')
  // A host that is an address is never looked up.
  if (!hosts && isIP(host) !== 0 && !isPublic(host)) throw refused(host, NOT_PUBLIC)
  return new Promise((resolve, reject) => {
    get(url, { signal, ...(hosts ? {} : { lookup: publicOnly }) }, resolve).on('error', reject)
  })
}

const NOT_PUBLIC = 'it is no address of the public internet; list the host in stream.allow_downloads if you trust it'

function refused(what: string, why: string): Failure {
  return new Failure('address_refused', `Nothing is fetched from ${what}: ${why}.`)
}

/** Looks a host up and gives none of its addresses when one of them is not public. */
const publicOnly: LookupFunction = (host, options, callback) => {
  lookUpHost(host, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, '')
    const inside = addresses.find(({ address }) => !isPublic(address))
    if (inside) return callback(refused(`${host} (${inside.address})`, NOT_PUBLIC), '')
    if (options.all) return callback(null, addresses)
    const [first] = addresses
    callback(null, first?.address ?? '', first?.family)
  })
}

async function body(response: IncomingMessage, url: URL, largest: number): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of response) {
    length += chunk.length
    if (length > largest) {
      response.destroy()
      throw new Failure('download_failed', `${url} has more than ${largest} bytes.`)
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Written beside its place and renamed, so that a crash leaves no half of a file that the next run would take for the whole. */
async function save(bytes: Uint8Array, path: string): Promise<void> {
  const unfinished = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}.part`
  try {
    await makeDirectory(dirname(path))
    await writeFile(unfinished, bytes)
    await rename(unfinished, path)
  } catch (thrown) {
    await rm(unfinished, { force: true })
    throw thrown
  }
}
