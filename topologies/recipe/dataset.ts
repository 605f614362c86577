import { z } from 'zod'
import type { Findings } from './findings.ts'
import { check, shown } from './mistakes.ts'

/** An address of something that is not a file of this machine. */
const REMOTE = /^([a-z][a-z0-9+.-]+):\/\//i
const OBJECT = /^s3:\/\/[^/]/i
/** What Python's `float` takes as a number, and so what Data-Juicer takes as a weight. */
const WEIGHT =
  /^\s*[-+]?(?:(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:e[-+]?\d+(?:_\d+)*)?|inf|infinity|nan)\s*$/i

/** Where samples come from, and how many of them. */
export interface Dataset {
  sources: Source[]
  /** So many samples of all sources together, by their weights; null for every sample once. */
  maxSamples: number | null
}

export interface Source {
  /** A file, a directory or a pattern, or the address of an object or of several, `s3://BUCKET/KEY`. */
  path: string
  weight: number
  /** How the object store is spoken to. */
  access?: StoreAccess
}

/** What a recipe says of an object store; the environment comes before it, as in Data-Juicer. */
export interface StoreAccess {
  endpoint?: string | undefined
  region?: string | undefined
  accessKeyId?: string | undefined
  secretAccessKey?: string | undefined
  sessionToken?: string | undefined
  anonymous?: boolean | undefined
}

const localSource = z.looseObject({
  type: z.string().optional(),
  source: z.string().nullish(),
  path: z.string().min(1),
  weight: z.number().nullish(),
})

const objectSource = localSource.extend({
  path: z.string().regex(OBJECT, 'must be the address of an object, s3://BUCKET/KEY'),
  aws_access_key_id: z.string().nullish(),
  aws_secret_access_key: z.string().nullish(),
  aws_session_token: z.string().nullish(),
  aws_region: z.string().nullish(),
  endpoint_url: z.string().nullish(),
  anon: z.boolean().nullish(),
})

const datasetSchema = z.looseObject({
  configs: z.array(z.looseObject({ type: z.string().nullish() })).min(1),
  max_sample_num: z.int().positive().nullish(),
})

const WEIGHTS_IGNORED = 'weights count only beside max_sample_num, as in Data-Juicer: every sample is read once'

/** The recipe's data set; `dataset_path` wins over `dataset`, as in Data-Juicer. */
export function readDataset(findings: Findings): Dataset {
  const path = findings.value(['dataset_path'])
  const dataset = findings.value(['dataset']) ?? []
  const hasDataset = !(Array.isArray(dataset) && dataset.length === 0)
  if (typeof path === 'string' && path.trim() !== '') {
    if (hasDataset) findings.remark(['dataset'], 'ignored', 'dataset_path is given and comes first, as in Data-Juicer')
    return { sources: readDatasetPath(path, findings).map((path) => ({ path, weight: 1 })), maxSamples: null }
  }
  return hasDataset ? readConfigs(dataset, findings) : { sources: [], maxSamples: null }
}

function readDatasetPath(line: string, findings: Findings): string[] {
  const words = shellWords(line)
  if (words === null) {
    findings.fault(['dataset_path'], 'has a quote that is not closed')
    return []
  }
  const paths = words.filter((word) => !WEIGHT.test(word))
  if (paths.length < words.length) findings.remark(['dataset_path'], 'ignored', WEIGHTS_IGNORED)
  if (paths.length === 0) findings.fault(['dataset_path'], 'names weights but no path')
  for (const path of paths) {
    const scheme = REMOTE.exec(path)?.[1]
    if (scheme && !OBJECT.test(path))
      findings.fault(['dataset_path'], `cannot be honoured: ${scheme} is not built, only local files and s3 (${path})`)
  }
  return paths
}

function readConfigs(value: unknown, findings: Findings): Dataset {
  const checked = check(datasetSchema, value)
  if ('mistakes' in checked) {
    for (const mistake of checked.mistakes) findings.mistake(['dataset'], mistake)
    return { sources: [], maxSamples: null }
  }
  const maxSamples = checked.value.max_sample_num ?? null
  const sources = checked.value.configs.flatMap((source, index) => readSource(source, index, findings))
  const weighted = checked.value.configs.findIndex(({ weight }) => typeof weight === 'number')
  if (maxSamples === null && weighted >= 0)
    findings.remark(['dataset', 'configs', weighted, 'weight'], 'ignored', WEIGHTS_IGNORED)
  const sum = sources.reduce((all, { weight }) => all + weight, 0)
  if (maxSamples !== null && sources.length > 0 && !(sum > 0 && Number.isFinite(sum)))
    findings.fault(['dataset', 'configs'], 'has weights that come to nothing: one must be more than 0')
  return { sources, maxSamples }
}

function readSource(source: Record<string, unknown>, index: number, findings: Findings): Source[] {
  const at = ['dataset', 'configs', index]
  const { type } = source
  if (type === undefined || type === null) {
    findings.fault([...at, 'type'], 'is missing: it must be local, or remote with source s3')
    return []
  }
  const remote = type === 'remote'
  if (remote ? source.source !== 's3' : type !== 'local') {
    const what = remote ? `${type} ${shown(source.source)}` : shown(type)
    findings.fault(
      [...at, 'type'],
      `cannot be honoured: only local data sets and remote ones of source s3 are built, not ${what}`,
    )
    return []
  }
  const schema = remote ? objectSource : localSource
  const checked = check(schema, source)
  if ('mistakes' in checked) {
    for (const mistake of checked.mistakes) findings.mistake(at, mistake)
    return []
  }
  for (const key of Object.keys(source).filter((name) => !(name in schema.shape))) {
    findings.remark([...at, key], 'ignored', `${remote ? 's3' : 'local'} data sets have no such setting`)
  }
  const { path, weight } = checked.value
  if (!remote && REMOTE.test(path))
    findings.fault(
      [...at, 'path'],
      'cannot be honoured: a local data set is a path; for s3 say type: remote, source: s3',
    )
  return [{ path, weight: weight ?? 1, ...(remote ? { access: accessOf(checked.value) } : {}) }]
}

function accessOf(value: Partial<z.infer<typeof objectSource>>): StoreAccess {
  return {
    endpoint: value.endpoint_url ?? undefined,
    region: value.aws_region ?? undefined,
    accessKeyId: value.aws_access_key_id ?? undefined,
    secretAccessKey: value.aws_secret_access_key ?? undefined,
    sessionToken: value.aws_session_token ?? undefined,
    anonymous: value.anon ?? undefined,
  }
}

/** Words as a POSIX shell splits them (Python's `shlex.split`), or null for an open quote. */
export function shellWords(line: string): string[] | null {
  const words: string[] = []
  let word: string | null = null
  let quote = ''
  for (let i = 0; i < line.length; i++) {
    const character = line.charAt(i)
    if (quote === '' && /[ \t\r\n]/.test(character)) {
      if (word !== null) words.push(word)
      word = null
    } else if (quote === '' && (character === "'" || character === '"')) {
      quote = character
      word ??= ''
    } else if (character === quote && quote !== '') {
      quote = ''
    } else if (character === '\\' && quote !== "'" && escapes(line.charAt(i + 1), quote)) {
      i++
      if (i >= line.length) return null
      word = (word ?? '') + line.charAt(i)
    } else {
      word = (word ?? '') + character
    }
  }
  if (quote !== '') return null
  if (word !== null) words.push(word)
  return words
}

/** Outside of quotes a backslash escapes anything; inside of double quotes only itself and the quote. */
function escapes(next: string, quote: string): boolean {
  return quote === '' || next === '"' || next === '\\'
}
