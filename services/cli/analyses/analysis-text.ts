import { reasons } from '../../analysis/page/analysis-page.ts'
import { percent, shareName, shown } from '../../analysis/page/numbers.ts'
import type { AnalysisReport } from '../../analysis/report.ts'
import { lostIn } from '../../analysis/verdicts.ts'
import { counted, duration } from '../terminal/numbers.ts'
import { table } from '../terminal/table.ts'
import { shortened } from '../terminal/visible-text.ts'
import type { NewBound } from './refined-recipe.ts'

/** Quantiles that a terminal has room for. */
const SHARES = [0.25, 0.5, 0.75]
/** Pairs of stats that are shown; JSON and the page have them all. */
const PAIRS = 8
const STEPS = '▁▂▃▄▅▆▇█'
const SPARK = 12
const VALUE = 30

const right = (head: string) => ({ head, right: true })

/** An analysis for people: what was measured, what the bounds would drop, and what goes together. */
export function analysisText(report: AnalysisReport): string {
  const { recipe, input, documents, seconds } = report
  const parts = [
    ['', `${recipe}: ${counted(documents, 'document')} of ${input} in ${duration(seconds)}`, ...remarks(report)],
    describeLines(report),
    valueLines(report),
    filterLines(report),
    pairLines(report),
    report.left_out.map(({ name, why }) => `  ${name} took no part: ${why}`),
  ]
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

function remarks({ sample, unreadable, exact, kept_for_quantiles: kept }: AnalysisReport): string[] {
  const broken = Object.entries(unreadable).map(([code, count]) => `${code} ${shown(count)}`)
  return [
    ...(sample === null ? [] : [`  a sample: ${sample}`]),
    ...(broken.length > 0 ? [`  not read: ${broken.join(', ')}`] : []),
    ...(exact
      ? []
      : [`  quantiles and correlations from a uniform sample of ${shown(kept)} documents; the rest is exact`]),
  ]
}

function describeLines({ stats }: AnalysisReport): string[] {
  const rows = stats.flatMap(({ stat, count, missing, numbers }) => {
    if (numbers === null) return []
    const quantiles = SHARES.map((share) => numbers.quantiles.find((found) => found.share === share)?.value ?? null)
    const values = [numbers.mean, numbers.std, numbers.min, ...quantiles, numbers.max]
    return [
      [shortened(stat, VALUE), shown(count), shown(missing), ...values.map(shown), spark(numbers.histogram.counts)],
    ]
  })
  const heads = ['count', 'missing', 'mean', 'std', 'min', ...SHARES.map(shareName), 'max'].map(right)
  return rows.length === 0 ? [] : table([{ head: 'stat' }, ...heads, { head: 'shape' }], rows)
}

/** A histogram in a few characters; a bar that is not empty is never shown as empty. */
function spark(counts: readonly number[]): string {
  const bars = new Array<number>(SPARK).fill(0)
  for (const [i, count] of counts.entries()) {
    const at = Math.floor((i * SPARK) / counts.length)
    bars[at] = (bars[at] ?? 0) + count
  }
  const tallest = Math.max(...bars, 1)
  return bars.map((bar) => (bar === 0 ? ' ' : STEPS[Math.round((bar / tallest) * (STEPS.length - 1))])).join('')
}

function valueLines({ stats }: AnalysisReport): string[] {
  const rows = stats.flatMap(({ stat, count, missing, values }) => {
    if (values === null) return []
    const top = shortened(values.top ?? '', VALUE)
    return [[shortened(stat, VALUE), shown(count), shown(missing), shown(values.unique), top, shown(values.freq)]]
  })
  const columns = [{ head: 'stat' }, ...['count', 'missing', 'unique'].map(right), { head: 'top' }, right('freq')]
  return rows.length === 0 ? [] : table(columns, rows)
}

function filterLines({ filters, documents, kept }: AnalysisReport): string[] {
  if (filters.length === 0) return []
  const rows = filters.map(({ index, name, alone, inOrder }) => [
    String(index),
    name,
    shown(lostIn(alone)),
    percent(lostIn(alone), documents),
    shown(lostIn(inOrder)),
    percent(lostIn(inOrder), inOrder.in),
    reasons(alone),
  ])
  const columns = [
    right('#'),
    { head: 'filter' },
    ...['alone', 'of all', 'in order', 'of what comes'].map(right),
    { head: 'reasons' },
  ]
  return [
    ...table(columns, rows),
    `  ${shown(kept)} of ${shown(documents)} would be kept (${percent(kept, documents)}), without the recipe's mappers`,
  ]
}

function pairLines({ correlations: { stats, pearson, spearman } }: AnalysisReport): string[] {
  const pairs = stats.flatMap((a, i) =>
    stats.slice(i + 1).flatMap((b, j) => {
      const [linear, ranked] = [pearson[i]?.[i + 1 + j] ?? null, spearman[i]?.[i + 1 + j] ?? null]
      return linear === null || ranked === null ? [] : [{ a, b, linear, ranked }]
    }),
  )
  if (pairs.length === 0) return []
  const strongest = pairs.sort((x, y) => Math.abs(y.ranked) - Math.abs(x.ranked)).slice(0, PAIRS)
  const rows = strongest.map(({ a, b, linear, ranked }) => [
    shortened(a, VALUE),
    shortened(b, VALUE),
    linear.toFixed(3),
    ranked.toFixed(3),
  ])
  return table([{ head: 'go together' }, { head: '' }, right('Pearson'), right('Spearman')], rows)
}

/** What a refined recipe sets anew, for people. */
export function refinedText(bounds: readonly NewBound[], path: string): string {
  const rows = bounds.map(({ operator, index, parameter, before, after }) => [
    String(index),
    operator,
    parameter,
    typeof before === 'number' ? shown(before) : '–',
    shown(after),
  ])
  const columns = [right('#'), { head: 'filter' }, { head: 'bound' }, right('before'), right('after')]
  return `\n${[...table(columns, rows), `  written to ${path}: mean ± 3 standard deviations`].join('\n')}\n`
}
