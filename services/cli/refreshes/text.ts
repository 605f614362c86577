import type { Difference, OnlyThere } from '../../refresh/difference.ts'
import type { Manifest, RefreshRecord, SourceReport } from '../../refresh/manifest.ts'
import { bytes, count, counted, duration } from '../terminal/numbers.ts'
import { table } from '../terminal/table.ts'

/** A refresh that is done, for people: what came in, what of each source was kept, who dropped what, the files. */
export function manifestText(manifest: Manifest, directory: string): string {
  const { totals, files } = manifest
  const size = files.reduce((sum, file) => sum + file.bytes, 0)
  return [
    '',
    `${manifest.pipeline} ${manifest.name}: ${counted(totals.input, 'document')} in, ${count(totals.output)} kept`,
    '',
    ...sourceTable(manifest.sources),
    '',
    ...operatorTable(manifest.operators),
    '',
    `  ${counted(files.length, 'file')}, ${bytes(size)}, in ${directory}`,
    `  refined        ${manifest.offsets.refined.topic}, offsets ${offsets(manifest.offsets.refined)}`,
    '',
  ].join('\n')
}

/** How it was made, in one line behind the report. */
export function courseText(course: string, seconds: number): string {
  const said: Record<string, string> = {
    new: `made in ${duration(seconds)}`,
    continued: `continued and made in ${duration(seconds)}`,
    restored: 'made before; its files were written again',
    there: 'made before, and all of it is there',
  }
  return `  ${said[course] ?? course}`
}

function sourceTable(sources: readonly SourceReport[]): string[] {
  const numbers = ['in', 'kept', 'rejected', 'within', 'past', 'dead letters', 'tokens', 'bytes in', 'bytes kept']
  const rows = sources.map((report) => [
    report.source,
    count(report.in),
    count(report.kept),
    report.rejected === null ? '?' : count(total(report.rejected)),
    report.duplicates === null ? '?' : count(report.duplicates.within),
    report.duplicates === null ? '?' : count(report.duplicates.past),
    count(sumOf(report.dead_letters)),
    report.tokens === null ? '-' : count(report.tokens),
    bytes(report.bytes_in),
    bytes(report.bytes_kept),
  ])
  return table([{ head: 'source' }, ...numbers.map((head) => ({ head, right: true }))], rows)
}

function operatorTable(operators: Manifest['operators']): string[] {
  const heads = [
    { head: 'operator' },
    { head: 'in', right: true },
    { head: 'kept', right: true },
    { head: 'failed', right: true },
    { head: 'dropped' },
  ]
  return table(
    heads,
    operators.map(({ name, in: came, kept, failed, dropped }) => [
      name,
      count(came),
      count(kept),
      count(failed),
      reasons(dropped),
    ]),
  )
}

function reasons(dropped: Record<string, number>): string {
  return Object.entries(dropped)
    .map(([reason, number]) => `${reason} ${count(number)}`)
    .join(', ')
}

function offsets({ from, to }: { from: number[]; to: number[] }): string {
  return from.map((first, partition) => `${first}-${to[partition]}`).join(' ')
}

function total(tallies: Record<string, Record<string, number>>): number {
  return Object.values(tallies).reduce((sum, tally) => sum + sumOf(tally), 0)
}

function sumOf(tally: Record<string, number>): number {
  return Object.values(tally).reduce((sum, number) => sum + number, 0)
}

/** The refreshes of pipelines, a line each. */
export function listText(refreshes: readonly { pipeline: string; record: RefreshRecord }[]): string {
  if (refreshes.length === 0) return 'There is no refresh: one is made by millrace refresh RECIPE --name NAME.\n'
  const heads = [
    { head: 'pipeline' },
    { head: 'name' },
    { head: 'state' },
    { head: 'began' },
    { head: 'in', right: true },
    { head: 'kept', right: true },
    { head: 'files', right: true },
  ]
  const rows = refreshes.map(({ pipeline, record }) => [
    pipeline,
    record.name,
    record.state,
    new Date(record.begun_at).toISOString(),
    ...(record.state === 'done'
      ? [record.manifest.totals.input, record.manifest.totals.output, record.manifest.files.length].map(count)
      : ['', '', '']),
  ])
  return `${table(heads, rows).join('\n')}\n`
}

/** Two refreshes side by side: only what is not the same, and the totals. */
export function differenceText(found: Difference, documents: [OnlyThere, OnlyThere] | null): string {
  const [a, b] = found.refreshes
  const rows: [string, [number, number]][] = [
    ...Object.entries(found.totals)
      .filter(([, [left, right]]) => left > 0 || right > 0)
      .map(([name, pair]): [string, [number, number]] => [name.replaceAll('_', ' '), pair]),
    ['files', found.files.count],
    ['bytes of files', found.files.bytes],
    ...found.operators.flatMap(({ name, dropped }) => unequal(name, dropped)),
    ...found.sources.flatMap((source) => [
      ...unequal(source.source, {
        in: source.in,
        kept: source.kept,
        'duplicates within': source.duplicates_within,
        'duplicates of the past': source.duplicates_past,
        tokens: [source.tokens[0] ?? 0, source.tokens[1] ?? 0],
      }),
      ...Object.entries(source.rejected).flatMap(([operator, tally]) =>
        unequal(`${source.source}: ${operator}`, tally),
      ),
      ...unequal(`${source.source}: dead letters`, source.dead_letters),
    ]),
  ]
  const lines = table(
    [{ head: '' }, { head: a, right: true }, { head: b, right: true }],
    rows.map(([name, [left, right]]) => [name, count(left), count(right)]),
  )
  const changed = found.subject.length > 0 ? [`  not the same: ${found.subject.join(', ')}`, ''] : []
  return ['', ...changed, ...lines, '', ...(documents ? onlyText(found.refreshes, documents) : [])].join('\n')
}

function unequal(name: string, tally: Record<string, [number, number]>): [string, [number, number]][] {
  return Object.entries(tally)
    .filter(([, [left, right]]) => left !== right)
    .map(([reason, pair]) => [`${name}: ${reason}`, pair])
}

function onlyText(names: [string, string], documents: [OnlyThere, OnlyThere]): string[] {
  return documents.flatMap(({ count: number, documents: first }, at) => [
    `  ${counted(number, 'text')} only in ${names[at]}`,
    ...first.map(({ id, source }) => `    ${id}  ${source}`),
    '',
  ])
}
