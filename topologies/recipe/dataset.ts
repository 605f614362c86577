import { z } from 'zod'
import { check, shown } from './mistakes.ts'
import type { Fault, Remark } from './problem.ts'
import { pathText } from './problem.ts'
import { keyPlaceOf, nodeAt, placeOf, type YamlNode } from './yaml/node.ts'

/** An address of something that is not a file of this machine. */
const REMOTE = /^([a-z][a-z0-9+.-]+):\/\//i
/** What Python's `float` takes as a number, and so what Data-Juicer takes as a weight. */
const WEIGHT = /^\s*[-+]?(?:(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:e[-+]?\d+(?:_\d+)*)?|inf|infinity|nan)\s*$/i

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

/** What a reader finds beside the value itself. */
export interface Findings {
  faults: Fault[]
  remarks: Remark[]
}

/** Input paths in order: files, directories or patterns. `dataset_path` wins over `dataset`, as in Data-Juicer. */
export function readInputs(root: YamlNode, findings: Findings): string[] {
  const path = nodeAt(root, ['dataset_path'])?.value
  const dataset = nodeAt(root, ['dataset'])
  const hasDataset = dataset !== null && dataset.value !== null && !(dataset.kind === 'list' && dataset.items.length === 0)
  if (typeof path === 'string' && path.trim() !== '') {
    if (hasDataset) remark(root, findings, ['dataset'], 'dataset_path is given and comes first, as in Data-Juicer')
    return readDatasetPath(path, root, findings)
  }
  return hasDataset ? readDataset(dataset.value, root, findings) : []
}

function readDatasetPath(line: string, root: YamlNode, findings: Findings): string[] {
  const words = shellWords(line)
  if (words === null) {
    fault(root, findings, ['dataset_path'], 'has a quote that is not closed')
    return []
  }
  const paths = words.filter((word) => !WEIGHT.test(word))
  if (paths.length < words.length) remark(root, findings, ['dataset_path'], WEIGHTS_IGNORED)
  if (paths.length === 0) fault(root, findings, ['dataset_path'], 'names weights but no path')
  for (const path of paths) {
    const scheme = REMOTE.exec(path)?.[1]
    if (scheme) fault(root, findings, ['dataset_path'], `cannot be honoured: ${scheme} is not built yet, only local files (${path})`)
  }
  return paths
}

function readDataset(value: unknown, root: YamlNode, findings: Findings): string[] {
  const checked = check(datasetSchema, value)
  if ('mistakes' in checked) {
    for (const { path, message } of checked.mistakes) fault(root, findings, ['dataset', ...path], message)
    return []
  }
  if (typeof checked.value.max_sample_num === 'number') {
    const message = 'cannot be honoured: sampling a mixture is not built yet; leave it out to read every sample once'
    fault(root, findings, ['dataset', 'max_sample_num'], message)
  }
  return checked.value.configs.flatMap((source, index) => readSource(source, index, { root, findings }))
}

function readSource(source: Record<string, unknown>, index: number, { root, findings }: { root: YamlNode; findings: Findings }): string[] {
  const at = ['dataset', 'configs', index]
  const { type } = source
  if (type === undefined || type === null) {
    fault(root, findings, [...at, 'type'], 'is missing: it must be local')
    return []
  }
  if (type !== 'local') {
    fault(root, findings, [...at, 'type'], `cannot be honoured: only local data sets are built, not ${shown(type)}`)
    return []
  }
  const checked = check(localSource, source)
  if ('mistakes' in checked) {
    for (const { path, message } of checked.mistakes) fault(root, findings, [...at, ...path], message)
    return []
  }
  for (const key of Object.keys(source).filter((name) => !SOURCE_KEYS.has(name))) {
    remark(root, findings, [...at, key], 'local data sets have no such setting')
  }
  if (typeof source['weight'] === 'number') remark(root, findings, [...at, 'weight'], WEIGHTS_IGNORED)
  if (REMOTE.test(checked.value.path)) fault(root, findings, [...at, 'path'], 'cannot be honoured: only local files are built')
  return [checked.value.path]
}

/** The output file, or null for none; refused when its suffix or `export_type` asks for something else than JSON lines. */
export function readExportPath(root: YamlNode, findings: Findings): string | null {
  const type = nodeAt(root, ['export_type'])?.value
  const path = nodeAt(root, ['export_path'])?.value
  if (typeof type === 'string' && type !== 'jsonl') {
    fault(root, findings, ['export_type'], `cannot be honoured: ${type} is not built yet, only jsonl`)
  }
  if (typeof path !== 'string' || path === '') return null
  const scheme = REMOTE.exec(path)?.[1]
  if (scheme) fault(root, findings, ['export_path'], `cannot be honoured: output to ${scheme} is not built yet, only local files`)
  const suffix = /\.([a-z0-9]+)(?:\.gz|\.zst)?$/i.exec(path.slice(path.lastIndexOf('/') + 1))?.[1]?.toLowerCase()
  if (!scheme && type !== 'jsonl' && suffix !== undefined && suffix !== 'jsonl') {
    fault(root, findings, ['export_path'], `cannot be honoured: .${suffix} is not built yet, only .jsonl`)
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

function fault(root: YamlNode, findings: Findings, path: (string | number)[], message: string): void {
  findings.faults.push({ ...placeOf(root, path), path: pathText(path), message })
}

function remark(root: YamlNode, findings: Findings, path: (string | number)[], reason: string): void {
  findings.remarks.push({ ...keyPlaceOf(root, path), path: pathText(path), treatment: 'ignored', reason })
}
