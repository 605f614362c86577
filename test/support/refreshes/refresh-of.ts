import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Document } from '../../../schemas/document.ts'
import type { Broker } from '../../../services/brokers/broker.ts'
import { sampleLine, statsLine } from '../../../services/cli/output-file.ts'
import type { FeedLine } from '../../../services/pipeline/feed.ts'
import type { Subject } from '../../../services/refresh/manifest.ts'
import { type Refreshed, refresh } from '../../../services/refresh/refresh.ts'
import type { RefreshTask } from '../../../services/refresh/task.ts'
import type { Topology } from '../../../topologies/topology.ts'
import { codec, inlineLauncher, quiet } from '../pipelines.ts'

/** Lines of a test by the file in which they stand; each file is a source. */
export type Files = Record<string, readonly string[]>

export interface RefreshSetting {
  broker: Broker
  topology: Topology
  /** Of the stores of indexes: they outlive a refresh, as those of a machine do. */
  stores: string
}

export interface Wanted extends Partial<Omit<RefreshTask, 'subject'>> {
  name: string
  files: Files
  directory: string
  export?: Partial<Subject['export']>
}

export function folder(): string {
  return mkdtempSync(join(tmpdir(), 'millrace-refresh-'))
}

/** Makes a refresh of lines in this process. */
export function refreshOf({ broker, topology, stores }: RefreshSetting, wanted: Wanted): Promise<Refreshed> {
  const { files, export: settings, ...given } = wanted
  const subject = subjectOf(topology, files, settings)
  return refresh({
    broker,
    topology,
    codec,
    launch: inlineLauncher(broker, topology, { stores }),
    log: quiet,
    signal: new AbortController().signal,
    subject: async () => subject,
    lines: async () => linesOf(files),
    sourceOf: (place) => place.slice(0, place.lastIndexOf(':')),
    render: (document: Document) => ({
      line: sampleLine(document, { keepStats: subject.export.keep_stats, keepHashes: false }),
      stats: subject.export.stats ? Buffer.from(statsLine(document)) : null,
    }),
    now: Date.now,
    onProgress: () => undefined,
    ...given,
  })
}

function subjectOf(topology: Topology, files: Files, settings: Partial<Subject['export']> = {}): Subject {
  return {
    recipe: topology.recipe,
    index: null,
    max_samples: null,
    sources: Object.entries(files).map(([source, lines]) => {
      const text = lines.join('\n')
      const sha256 = createHash('sha256').update(text).digest('hex')
      return { source, weight: 1, files: [{ path: source, bytes: text.length, sha256 }] }
    }),
    assets: [],
    export: { suffix: 'jsonl', part_bytes: 2_000, keep_stats: false, keep_hashes: false, stats: false, ...settings },
  }
}

export async function* linesOf(files: Files, group = 20): AsyncGenerator<FeedLine[]> {
  for (const [file, lines] of Object.entries(files)) {
    const all = lines.map((line, at) => ({ bytes: Buffer.from(line), place: `${file}:${at + 1}` }))
    for (let at = 0; at < all.length; at += group) yield all.slice(at, at + group)
  }
}

/** The files of a directory by name. */
export function contents(directory: string): Record<string, string> {
  const names = readdirSync(directory).sort()
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(directory, name), 'latin1')]))
}
