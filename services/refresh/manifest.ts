import { z } from 'zod'
import { Failure } from '../../topologies/failure.ts'

const count = z.int().nonnegative()
/** Offsets by partition: first, and the one behind the last. */
const range = z.object({ topic: z.string(), from: z.array(count), to: z.array(count) })

/** A file that is read; of an object in a store only its address is known. */
const inputFile = z.object({ path: z.string(), bytes: count.nullable(), sha256: z.string().nullable() })

const source = z.object({
  /** As the recipe or the command line has it. */
  source: z.string(),
  weight: z.number(),
  files: z.array(inputFile),
})

/** What decides what a refresh makes: a name stands for one of these. */
const subject = z.object({
  /** Fingerprint of the recipe's meaning. */
  recipe: z.string(),
  /** Name of the indexes that documents are deduplicated against, null for none. */
  index: z.string().nullable(),
  /** So many samples of all sources together, by their weights; null for all. */
  max_samples: count.nullable(),
  sources: z.array(source),
  assets: z.array(z.object({ name: z.string(), sha256: z.string() })),
  export: z.object({
    /** Ending of the parts: `jsonl`, `jsonl.zst`, `parquet`, … */
    suffix: z.string(),
    /** A part is closed at so many bytes of lines. */
    part_bytes: count,
    keep_stats: z.boolean(),
    keep_hashes: z.boolean(),
    stats: z.boolean(),
  }),
})

const tally = z.record(z.string(), count)

const sourceReport = z.object({
  source: z.string(),
  /** Records, and their bytes, as they were fed. */
  in: count,
  bytes_in: count,
  /** Documents, and their bytes as lines, as they were written. */
  kept: count,
  bytes_kept: count,
  /** Tokens of the kept documents, null where the recipe does not count them. */
  tokens: count.nullable(),
  /** Documents by operator and reason, duplicates left out; null where the recipe only counts what it rejects. */
  rejected: z.record(z.string(), tally).nullable(),
  /** Of a document of this refresh, and of one that was there before. */
  duplicates: z.object({ within: count, past: count }).nullable(),
  /** By code. */
  dead_letters: tally,
})

const operator = z.object({
  name: z.string(),
  in: count,
  kept: count,
  dropped: tally,
  failed: count,
  skipped: count,
})

const totals = z.object({
  input: count,
  output: count,
  rejected: count,
  duplicates: count,
  dead_letters: count,
  split: count,
  merged: count,
  repaired: count,
  replayed: count,
  bytes_in: count,
})

const file = z.object({ path: z.string(), bytes: count, rows: count, sha256: z.string() })

const manifestSchema = z.object({
  format: z.literal(1),
  name: z.string(),
  pipeline: z.string(),
  run: z.string(),
  subject,
  /** Order numbers of what was fed: first, and the one behind the last. */
  ordinals: z.object({ from: count, to: count }),
  offsets: z.object({ raw: range, refined: range, rejected: range, dead_letters: range, ledger: range }),
  totals,
  operators: z.array(operator),
  sources: z.array(sourceReport),
  /** In the order of the documents; paths from the directory in which the manifest lies. */
  files: z.array(file),
})

const begunSchema = z.object({
  state: z.literal('begun'),
  name: z.string(),
  run: z.string(),
  begun_at: count,
  subject,
  ordinal: count,
  /** Where each topic ended when it began, by partition. */
  from: z.object({
    raw: z.array(count),
    refined: z.array(count),
    rejected: z.array(count),
    dead_letters: z.array(count),
    ledger: z.array(count),
  }),
})

const doneSchema = z.object({
  state: z.literal('done'),
  name: z.string(),
  begun_at: count,
  done_at: count,
  /** Where the files were written. */
  directory: z.string(),
  manifest: manifestSchema,
})

/** A refresh that was given up. What of it an index remembers is to be forgotten before the next one begins. */
const abandonedSchema = z.object({
  state: z.literal('abandoned'),
  name: z.string(),
  run: z.string(),
  begun_at: count,
  abandoned_at: count,
  raw: range,
})

const recordSchema = z.discriminatedUnion('state', [begunSchema, doneSchema, abandonedSchema])

export type Subject = z.infer<typeof subject>
export type SubjectSource = z.infer<typeof source>
export type SourceReport = z.infer<typeof sourceReport>
export type PartFile = z.infer<typeof file>
/** All that is to be known of a refresh that is done; written last. It holds no time, so that the same refresh says the same. */
export type Manifest = z.infer<typeof manifestSchema>
export type Begun = z.infer<typeof begunSchema>
export type Done = z.infer<typeof doneSchema>
export type Abandoned = z.infer<typeof abandonedSchema>
/** What the topic of refreshes holds under a name. */
export type RefreshRecord = z.infer<typeof recordSchema>

/** Throws Failure `input_corrupt` for what is no record of a refresh. */
export function readRecord(text: string, place: string): RefreshRecord {
  return parsed(recordSchema, text, place)
}

/** The same, its keys in the order in which every manifest has them, so that it is written alike whoever writes it. */
export function inWrittenOrder(manifest: Manifest): Manifest {
  return manifestSchema.parse(manifest)
}

/** Throws Failure `input_corrupt` for what is no manifest. */
export function readManifest(text: string, place: string): Manifest {
  return parsed(manifestSchema, text, place)
}

function parsed<T>(schema: z.ZodType<T>, text: string, place: string): T {
  try {
    return schema.parse(JSON.parse(text))
  } catch (cause) {
    throw new Failure('input_corrupt', `${place} does not tell of a refresh as this version writes it.`, { cause })
  }
}

/** What keeps two refreshes from being the same one, for people; null when nothing does. */
export function differenceOf(before: Subject, now: Subject, options: { assets: boolean }): string | null {
  if (before.recipe !== now.recipe)
    return `the recipe is another one (fingerprint ${now.recipe}, then ${before.recipe})`
  if (before.index !== now.index)
    return `the index is ${now.index ?? 'that of the run alone'}, and was ${before.index ?? 'that of the run alone'}`
  if (JSON.stringify(before.export) !== JSON.stringify(now.export))
    return `the files are to be written otherwise (${JSON.stringify(now.export)}, then ${JSON.stringify(before.export)})`
  if (before.max_samples !== now.max_samples)
    return `max_sample_num is ${now.max_samples ?? 'not given'}, and was ${before.max_samples ?? 'not given'}`
  return sourcesDifference(before, now) ?? (options.assets ? assetsDifference(before, now) : null)
}

function sourcesDifference(before: Subject, now: Subject): string | null {
  const names = ({ sources }: Subject) => sources.map(({ source }) => source).join(', ')
  if (names(before) !== names(now)) return `the sources are ${names(now)}, and were ${names(before)}`
  for (const [at, { source, weight, files }] of now.sources.entries()) {
    const then = before.sources[at]
    if (then?.weight !== weight) return `the weight of ${source} is ${weight}, and was ${then?.weight}`
    if (then.files.length !== files.length) return `${source} has ${files.length} files, and had ${then.files.length}`
    for (const [i, { path, bytes, sha256 }] of files.entries()) {
      const old = then.files[i]
      if (old?.path !== path) return `${source} has the file ${path} in place of ${old?.path}`
      if (old.bytes !== bytes || (sha256 !== null && old.sha256 !== sha256)) return `the file ${path} has changed`
    }
  }
  return null
}

function assetsDifference(before: Subject, now: Subject): string | null {
  const then = new Map(before.assets.map(({ name, sha256 }) => [name, sha256]))
  const changed = now.assets.find(({ name, sha256 }) => then.get(name) !== sha256)
  return changed ? `the asset ${changed.name} has changed` : null
}
