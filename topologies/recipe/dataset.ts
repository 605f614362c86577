import { z } from 'zod'
import type { Findings } from './findings.ts'
import { check, shown } from './mistakes.ts'

/** An address of something that is not a file of this machine. */
const REMOTE = /^([a-z][a-z0-9+.-]+):\/\//i
/** What Python's `float` takes as a number, and so what Data-Juicer takes as a weight. */
const WEIGHT =
  /^\s*[-+]?(?:(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:e[-+]?\d+(?:_\d+)*)?|inf|infinity|nan)\s*$/i

const localSource = z.looseObject({
  type: z.string().optional(),
  source: z.string().nullish(),
  path: z.string().min(1),
  weight: z.number().nullish(),
})

const datasetSchema = z.looseObject({
  configs: z.array(z.looseObject({ type: z.string().nullish() })).min(1),
  max_sample_num: z.int().positive().nullish(),
})

const SOURCE_KEYS = new Set(['type', 'source', 'path', 'weight'])
const WEIGHTS_IGNORED = 'weights count only beside max_sample_num, as in Data-Juicer: every sample is read once'

/** Input paths in order: files, directories or patterns. `dataset_path` wins over `dataset`, as in Data-Juicer. */
export function readInputs(findings: Findings): string[] {
  const path = findings.value(['dataset_path'])
  const dataset = findings.value(['dataset']) ?? []
  const hasDataset = !(Array.isArray(dataset) && dataset.length === 0)
  if (typeof path === 'string' && path.trim() !== '') {
    if (hasDataset) findings.remark(['dataset'], 'ignored', 'dataset_path is given and comes first, as in Data-Juicer')
    return readDatasetPath(path, findings)
  }
  return hasDataset ? readDataset(dataset, findings) : []
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
    if (scheme)
      findings.fault(['dataset_path'], `cannot be honoured: ${scheme} is not built yet, only local files (${path})`)
  }
  return paths
}

function readDataset(value: unknown, findings: Findings): string[] {
  const checked = check(datasetSchema, value)
  if ('mistakes' in checked) {
    for (const mistake of checked.mistakes) findings.mistake(['dataset'], mistake)
    return []
  }
  if (typeof checked.value.max_sample_num === 'number') {
    const message = 'cannot be honoured: sampling a mixture is not built yet; leave it out to read every sample once'
    findings.fault(['dataset', 'max_sample_num'], message)
  }
  return checked.value.configs.flatMap((source, index) => readSource(source, index, findings))
}

function readSource(source: Record<string, unknown>, index: number, findings: Findings): string[] {
  const at = ['dataset', 'configs', index]
  const { type } = source
  if (type === undefined || type === null) {
    findings.fault([...at, 'type'], 'is missing: it must be local')
    return []
  }
  if (type !== 'local') {
    findings.fault([...at, 'type'], `cannot be honoured: only local data sets are built, not ${shown(type)}`)
    return []
  }
  const checked = check(localSource, source)
  if ('mistakes' in checked) {
    for (const mistake of checked.mistakes) findings.mistake(at, mistake)
    return []
  }
  for (const key of Object.keys(source).filter((name) => !SOURCE_KEYS.has(name))) {
    findings.remark([...at, key], 'ignored', 'local data sets have no such setting')
  }
  if (typeof source.weight === 'number') findings.remark([...at, 'weight'], 'ignored', WEIGHTS_IGNORED)
  if (REMOTE.test(checked.value.path)) findings.fault([...at, 'path'], 'cannot be honoured: only local files are built')
  return [checked.value.path]
}

/** The output file, or null for none; refused when its suffix or `export_type` asks for something else than JSON lines. */
export function readExportPath(findings: Findings): string | null {
  const type = findings.value(['export_type'])
  const path = findings.value(['export_path'])
  if (typeof type === 'string' && type !== 'jsonl') {
    findings.fault(['export_type'], `cannot be honoured: ${type} is not built yet, only jsonl`)
  }
  if (typeof path !== 'string' || path === '') return null
  const scheme = REMOTE.exec(path)?.[1]
  if (scheme)
    findings.fault(['export_path'], `cannot be honoured: output to ${scheme} is not built yet, only local files`)
  const suffix = /\.([a-z0-9]+)(?:\.gz|\.zst)?$/i.exec(path.slice(path.lastIndexOf('/') + 1))?.[1]?.toLowerCase()
  if (!scheme && type !== 'jsonl' && suffix !== undefined && suffix !== 'jsonl') {
    findings.fault(['export_path'], `cannot be honoured: .${suffix} is not built yet, only .jsonl`)
  }
  return path
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
