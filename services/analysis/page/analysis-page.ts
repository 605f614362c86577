import type { AnalysisReport } from '../report.ts'
import { type FilterLosses, type Losses, lostIn } from '../verdicts.ts'
import { type Markup, markup } from './markup.ts'
import { percent, shareName, shown } from './numbers.ts'
import { distribution, heatMap } from './plots.ts'
import { page, pageTable } from './shell.ts'

type Stat = AnalysisReport['stats'][number]

/** The page of an analysis: tables, a plot for each stat, correlations, and what the recipe's bounds would drop. */
export function analysisPage(report: AnalysisReport): string {
  const content = markup`${opening(report)}
<h2>Statistics</h2>
${describeTable(report)}
<h2>What the bounds would drop</h2>
${dropTable(report)}
<h2>Distributions</h2>
${report.stats.map(distributionOf)}
<h2>Correlations</h2>
${correlationsOf(report)}`
  return page(`Analysis of ${report.recipe}`, content)
}

function opening({
  input,
  sample,
  documents,
  unreadable,
  exact,
  kept_for_quantiles: kept,
  left_out: left,
}: AnalysisReport) {
  const broken = Object.entries(unreadable).map(([code, count]) => `${code} ${shown(count)}`)
  const notes = [
    ...(sample === null ? [] : [`A sample: ${sample}.`]),
    ...(broken.length > 0 ? [`Not read: ${broken.join(', ')}.`] : []),
    exact
      ? 'All numbers are exact.'
      : `Counts, means, deviations, ends and drops are exact; quantiles, plots and correlations come from a uniform sample of ${shown(kept)} documents.`,
    'Statistics are of the texts as they came: mappers were not applied, as in the analyzer of Data-Juicer.',
  ]
  const missing = left.map(({ name, why }) => markup`<li><code>${name}</code>: ${why}</li>\n`)
  const out = left.length > 0 ? markup`<p>These operators took no part:</p>\n<ul>\n${missing}</ul>\n` : null
  return markup`<p>${shown(documents)} documents of ${input}.</p>
<p class="soft">${notes.join(' ')}</p>
${out}`
}

function describeTable({ stats }: AnalysisReport): Markup {
  const numeric = stats.filter(({ numbers }) => numbers !== null)
  const counted = stats.filter(({ values }) => values !== null)
  const shares = numeric[0]?.numbers?.quantiles.map(({ share }) => shareName(share)) ?? []
  const rows = numeric.map(({ stat, count, missing, numbers }) => [
    stat,
    shown(count),
    shown(missing),
    ...[numbers?.mean, numbers?.std, numbers?.min].map((value) => shown(value ?? null)),
    ...(numbers?.quantiles ?? []).map(({ value }) => shown(value)),
    shown(numbers?.max ?? null),
  ])
  const texts = counted.map(({ stat, count, missing, values }) => [
    stat,
    shown(count),
    shown(missing),
    shown(values?.unique ?? 0),
    values?.top ?? '–',
    shown(values?.freq ?? 0),
  ])
  const heads = ['stat', 'count', 'missing', 'mean', 'std', 'min', ...shares, 'max']
  const none = stats.length === 0 ? markup`<p>No statistics were measured.</p>` : null
  return markup`${none}${rows.length > 0 ? pageTable('Statistics that are numbers', heads, rows) : null}
${texts.length > 0 ? pageTable('Statistics that are texts or truths', ['stat', 'count', 'missing', 'unique', 'top', 'freq'], texts) : null}`
}

function dropTable({ filters, documents, kept }: AnalysisReport): Markup {
  if (filters.length === 0) return markup`<p>The recipe has no filter.</p>`
  const rows = filters.map((filter) => dropRow(filter, documents))
  const heads = ['operator', 'alone', 'share', 'reasons', 'reach it', 'in order', 'share']
  return markup`${pageTable('Documents that each filter would drop: of all, and of those that the filters before it leave', heads, rows)}
<p>${shown(kept)} of ${shown(documents)} documents (${percent(kept, documents)}) would be kept.</p>`
}

function dropRow({ index, name, alone, inOrder }: FilterLosses, documents: number): string[] {
  return [
    `${index} ${name}`,
    shown(lostIn(alone)),
    percent(lostIn(alone), documents),
    reasons(alone),
    shown(inOrder.in),
    shown(lostIn(inOrder)),
    percent(lostIn(inOrder), inOrder.in),
  ]
}

/** Reasons and codes of failures with their counts, for people. */
export function reasons({ dropped, failed }: Losses): string {
  const drops = Object.entries(dropped).map(([reason, count]) => `${reason} ${shown(count)}`)
  const failures = Object.entries(failed).map(([code, count]) => `failed (${code}) ${shown(count)}`)
  return [...drops, ...failures].join(', ')
}

function distributionOf({ stat, numbers, values, bounds }: Stat): Markup {
  if (values) {
    const rows = values.most.map(({ value, count }) => [value, shown(count)])
    return markup`<section><h3>${stat}</h3>\n${pageTable(`The most frequent of ${shown(values.unique)} values`, ['value', 'documents'], rows)}</section>\n`
  }
  if (!numbers) return markup``
  const plot = distribution({ stat, histogram: numbers.histogram, box: numbers.box, bounds })
  const row = [stat, ...numbers.quantiles.map(({ value }) => shown(value))]
  const heads = ['stat', ...numbers.quantiles.map(({ share }) => shareName(share))]
  const judges = bounds.map(
    ({ operator, index, minimum, maximum }) =>
      markup`<li><code>${operator}</code> (${index}) keeps from ${shown(minimum)} to ${shown(maximum)}</li>\n`,
  )
  const list = judges.length > 0 ? markup`<ul>${judges}</ul>\n` : null
  return markup`<section><h3>${stat}</h3>\n${list}${plot}${pageTable(`Quantiles of ${stat}`, heads, [row])}</section>\n`
}

function correlationsOf({ correlations: { stats, pearson, spearman } }: AnalysisReport): Markup {
  if (stats.length < 2) return markup`<p>There are fewer than two statistics that are numbers.</p>`
  const part = (title: string, matrix: (number | null)[][]) => {
    const rows = matrix.map((row, i) => [stats[i] ?? '', ...row.map((value) => value?.toFixed(3) ?? '–')])
    return markup`<section><h3>${title}</h3>\n${heatMap(title, stats, matrix)}${pageTable(title, ['stat', ...stats], rows)}</section>\n`
  }
  return markup`${part('Pearson correlations', pearson)}${part('Spearman rank correlations', spearman)}`
}
