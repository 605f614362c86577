import { z } from 'zod'
import type { Findings } from './findings.ts'
import { check, shown } from './mistakes.ts'

/** How the refined documents are written. */
export interface ExportSettings {
  format: ExportFormat
  /** About so many bytes a file, in memory; 0 for one file. */
  shardBytes: number
  /** The documents keep what filters measured (`__dj__stats__`) and tags (`__dj__meta__`). */
  keepStats: boolean
  /** The documents keep what deduplicators computed, such as `__dj__hash`. */
  keepHashes: boolean
  /** Stats and tags go into a file beside the output, `<output>_stats.jsonl`. */
  stats: boolean
}

export type ExportFormat = 'jsonl' | 'json' | 'parquet'

const FORMATS: readonly ExportFormat[] = ['jsonl', 'json', 'parquet']
const REMOTE = /^([a-z][a-z0-9+.-]+):\/\//i
const extraSchema = z.looseObject({ export_stats: z.boolean().optional() })

/** The output path, null for none, and how it is written; refused when it cannot be. */
export function readExport(
  findings: Findings,
  values: ReadonlyMap<string, unknown>,
): { path: string | null; settings: ExportSettings } {
  const value = findings.value(['export_path'])
  const path = typeof value === 'string' && value !== '' ? value : null
  const scheme = path === null ? undefined : REMOTE.exec(path)?.[1]
  if (scheme) findings.fault(['export_path'], `cannot be honoured: output to ${scheme} is not built, only local files`)
  const shardBytes = values.get('export_shard_size')
  const settings = {
    format: readFormat(path, findings),
    shardBytes: typeof shardBytes === 'number' ? shardBytes : 0,
    keepStats: values.get('keep_stats_in_res_ds') === true,
    keepHashes: values.get('keep_hashes_in_res_ds') === true,
    stats: readExtra(findings),
  }
  return { path, settings }
}

function readFormat(path: string | null, findings: Findings): ExportFormat {
  const type = findings.value(['export_type'])
  const named = formatNamed(typeof type === 'string' ? type : '')
  if (typeof type === 'string' && named === null) {
    findings.fault(['export_type'], `cannot be honoured: ${type} is not built, only ${FORMATS.join(', ')}`)
  }
  if (path === null || named !== null) return named ?? 'jsonl'
  const { format, suffix, packed } = exportFormatOf(path)
  if (format === null)
    findings.fault(['export_path'], `cannot be honoured: .${suffix} is not built, only .${FORMATS.join(', .')}`)
  if (format === 'parquet' && packed)
    findings.fault(['export_path'], 'cannot be honoured: Parquet is packed within, so its name ends in .parquet')
  return format ?? 'jsonl'
}

/** The format that a path's ending asks for, JSON lines where it has none; null for one that is not written. */
export function exportFormatOf(path: string): { format: ExportFormat | null; suffix: string; packed: boolean } {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const [, suffix = '', packing] = /\.([a-z0-9]+)(\.gz|\.zst)?$/i.exec(name) ?? []
  const format = suffix === '' ? 'jsonl' : formatNamed(suffix.toLowerCase())
  return { format, suffix: suffix.toLowerCase(), packed: packing !== undefined }
}

function formatNamed(name: string): ExportFormat | null {
  return FORMATS.find((format) => format === name) ?? null
}

function readExtra(findings: Findings): boolean {
  const value = findings.value(['export_extra_args'])
  if (value === undefined || value === null) return false
  const checked = check(extraSchema, value)
  if ('mistakes' in checked) {
    for (const mistake of checked.mistakes) findings.mistake(['export_extra_args'], mistake)
    return false
  }
  for (const [key, argument] of Object.entries(checked.value).filter(([name]) => name !== 'export_stats')) {
    findings.fault(['export_extra_args', key], `cannot be honoured: only export_stats is built (${shown(argument)})`)
  }
  return checked.value.export_stats === true
}
