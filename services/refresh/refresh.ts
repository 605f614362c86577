import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Codec } from '../../schemas/codec.ts'
import { DEAD_LETTER_HEADER } from '../../schemas/dead-letter.ts'
import type { Document } from '../../schemas/document.ts'
import { classify, Failure } from '../../topologies/failure.ts'
import { makeDirectory } from '../connectors/directories.ts'
import { openOutput } from '../connectors/jsonl-writer.ts'
import { unwritable } from '../connectors/line-sink.ts'
import { balances, operatorAccounts, totalsOf } from '../pipeline/account.ts'
import {
  type Begun,
  type Done,
  differenceOf,
  inWrittenOrder,
  type Manifest,
  readManifest,
  type Subject,
} from './manifest.ts'
import { areThere, type Rendered, writeParts } from './parts.ts'
import { type Processed, processAll } from './process.ts'
import { Quality } from './quality.ts'
import { inOrder, recordsOf } from './ranges.ts'
import { RefreshRegistry } from './registry.ts'
import type { RefreshTask } from './task.ts'

/** The manifest's file: where it lies, the refresh is done and whole. */
export const MANIFEST = 'manifest.json'

/** `new`: from the beginning; `continued`: from where an attempt before had stopped; `restored`: files were written again. */
export type Course = 'new' | 'continued' | 'restored' | 'there'

export interface Refreshed {
  manifest: Manifest
  course: Course
}

/**
 * Makes a refresh: a run with a name, of which the files are the same however often it was interrupted. One that has begun is
 * gone on with, and one that is done is only looked at. The manifest is written last. Rejects with `usage` where the name stands
 * for another refresh, or where another one of the pipeline is not done.
 */
export async function refresh(parts: RefreshTask): Promise<Refreshed> {
  const { broker, topology, name } = parts
  if (topology.delivery !== 'exactly_once')
    throw new Failure(
      'usage',
      'A refresh has every document once, and after a crash delivery: at_least_once has some twice: leave it out of the recipe (stream.delivery).',
    )
  const registry = await RefreshRegistry.open(broker, topology.pipeline)
  try {
    const all = await registry.read()
    const known = all.get(name)
    const before = known && known.state !== 'abandoned' ? known : null
    const subject = await parts.subject({ assets: before?.state !== 'done' })
    if (before) requireSame(before, subject)
    if (before?.state === 'done') return await finished(parts, before, registry)
    const other = [...all.values()].find((record) => record.state === 'begun' && record.name !== name)
    if (other) throw unfinished(topology.pipeline, other.name)
    await requireOurs(parts, before?.run ?? null)
    return await make(parts, { before, subject, registry })
  } finally {
    await registry.close()
  }
}

interface Making {
  before: Begun | null
  subject: Subject
  registry: RefreshRegistry
}

async function make(parts: RefreshTask, { before, subject, registry }: Making): Promise<Refreshed> {
  const { topology, directory, name } = parts
  const quality = (begun: Begun) =>
    new Quality({
      sources: begun.subject.sources.map(({ source }) => source),
      sourceOf: parts.sourceOf,
      pipeline: topology.pipeline,
      raw: begun.from.raw,
      rejectedKept: topology.rejected === 'keep',
    })
  const done = await processAll({ ...parts, before, subject, registry, quality })
  const manifest = await written(parts, done)
  const { begun_at } = done.begun
  await registry.publish(name, { state: 'done', name, begun_at, done_at: parts.now(), directory, manifest })
  await writeManifest(directory, manifest)
  return { manifest, course: before ? 'continued' : 'new' }
}

/** Writes the files and gathers what is to be said of them. */
async function written(parts: RefreshTask, processed: Processed): Promise<Manifest> {
  const { topology, codec, directory, broker } = parts
  const { begun, offsets, account, quality } = processed
  const totals = totalsOf(account.stages())
  parts.onProgress({ ...totals, phase: 'writing', fed: quality.records, fedAll: true, seconds: processed.seconds() })
  const settings = begun.subject.export
  const documents = rendered(parts, offsets.refined, (document, bytes) => quality.kept(document, bytes))
  const files = await writeParts({ directory, run: begun.run, settings }, documents)
  for await (const { value } of recordsOf(broker, offsets.rejected)) {
    if (value) quality.rejected(codec.decodeRejection(value))
  }
  for await (const { headers } of recordsOf(broker, offsets.dead_letters)) {
    const header = headers[DEAD_LETTER_HEADER]
    const letter = header && codec.decodeDeadLetter(header)
    if (letter) quality.dead({ source: letter.source, code: letter.code })
  }
  const kept = quality.reports().reduce((sum, report) => sum + report.kept, 0)
  if (!balances(totals) || totals.input !== quality.records || totals.output !== kept)
    throw unbalanced(begun.name, { ...totals, fed: quality.records, kept })
  return inWrittenOrder({
    format: 1,
    name: begun.name,
    pipeline: topology.pipeline,
    run: begun.run,
    subject: begun.subject,
    ordinals: { from: begun.ordinal, to: begun.ordinal + quality.records },
    offsets,
    totals,
    operators: operatorAccounts(account.stages()).map(({ index: _, seconds: __, ...operator }) => operator),
    sources: quality.reports(),
    files,
  })
}

async function* rendered(
  { broker, codec, render, signal }: Pick<RefreshTask, 'broker' | 'codec' | 'render' | 'signal'>,
  range: Manifest['offsets']['refined'],
  onWritten: (document: Document, bytes: number) => void,
): AsyncGenerator<Rendered> {
  const read = documentReader(codec)
  for await (const document of inOrder(broker, range, read)) {
    signal.throwIfAborted()
    const one = render(document)
    onWritten(document, one.line.length + 1)
    yield one
  }
}

function documentReader(codec: Codec) {
  return {
    decode: ({ value }: { value: Buffer | null }) => value && codec.decodeDocument(value),
    order: ({ ordinal }: Document) => ordinal,
  }
}

/** A refresh that is done: what of it is missing where the files are wanted is written again. */
async function finished(parts: RefreshTask, done: Done, registry: RefreshRegistry): Promise<Refreshed> {
  const { directory, name } = parts
  const { manifest } = done
  await requireOurs(parts, manifest.run)
  if ((await manifestIn(directory)) && (await areThere(directory, manifest.files))) return { manifest, course: 'there' }
  const target = { directory, run: manifest.run, settings: manifest.subject.export }
  await unwritable(directory, makeDirectory(directory))
  const files = await writeParts(
    target,
    rendered(parts, manifest.offsets.refined, () => undefined),
  )
  if (JSON.stringify(files) !== JSON.stringify(manifest.files)) {
    throw new Failure(
      'output_unwritable',
      `The files of ${name} were written again to ${directory} and are not the ones that its manifest names: this version of Millrace writes them otherwise.`,
    )
  }
  await registry.publish(name, { ...done, directory })
  await writeManifest(directory, manifest)
  return { manifest, course: 'restored' }
}

async function writeManifest(directory: string, manifest: Manifest): Promise<void> {
  const file = await openOutput(join(directory, MANIFEST), manifest.run)
  await file.write([Buffer.from(JSON.stringify(manifest, null, 2))])
  await file.commit()
}

async function manifestIn(directory: string): Promise<Manifest | null> {
  const path = join(directory, MANIFEST)
  const text = await readFile(path, 'utf8').catch((thrown: unknown) => {
    if (classify(thrown).code === 'input_missing') return null
    throw thrown
  })
  return text === null ? null : readManifest(text, path)
}

/** Rejects with `output_unwritable` where the directory holds another refresh, or cannot be made. */
async function requireOurs({ directory, topology, name }: RefreshTask, run: string | null): Promise<void> {
  await unwritable(directory, makeDirectory(directory))
  const there = await manifestIn(directory)
  if (!there || there.run === run) return
  const whose =
    there.pipeline === topology.pipeline && there.name === name
      ? 'one of the same name that the broker does not know any more'
      : `${there.name} of ${there.pipeline}`
  throw new Failure(
    'output_unwritable',
    `${directory} holds another refresh: ${whose}. Name another directory, or remove it.`,
  )
}

function requireSame(before: Begun | Done, now: Subject): void {
  const then = before.state === 'done' ? before.manifest.subject : before.subject
  const difference = differenceOf(then, now, { assets: before.state === 'begun' })
  if (difference === null) return
  const cure = before.state === 'begun' ? ', or give the one that has begun up (refresh abandon)' : ''
  throw new Failure(
    'usage',
    `The name ${before.name} stands for another refresh: ${difference}. Choose another name${cure}.`,
  )
}

function unfinished(pipeline: string, other: string): Failure {
  return new Failure(
    'usage',
    `The refresh ${other} of ${pipeline} has begun and is not done: run it again with its recipe and inputs, or give it up (refresh abandon ${pipeline} ${other}).`,
  )
}

function unbalanced(name: string, sums: Record<string, number>): Failure {
  const said = ['fed', 'input', 'output', 'kept', 'rejected', 'duplicates', 'dead_letters'].map(
    (key) => `${key} ${sums[key]}`,
  )
  return new Failure(
    'ledger_unbalanced',
    `The account of ${name} does not come out even, so it gets no manifest: ${said.join(', ')}. Somebody else has written to the topics of the pipeline, or this is a bug.`,
  )
}
