import { shown } from '../../analysis/page/numbers.ts'
import type { Changed, Dropped, OperatorTrace, TraceReport } from '../../analysis/trace.ts'
import { excerpts, type Piece, wordDiff } from '../../analysis/word-diff.ts'
import { shortened, visible } from '../terminal/visible-text.ts'

const TEXT = 100
const AROUND = 40
const RED = '\u001b[31m'
const GREEN = '\u001b[32m'
const PLAIN = '\u001b[0m'

/** A trace for people. `colours`: removed words are red and added ones green; else they stand in [-…-] and {+…+}. */
export function traceText(
  { operators, rejected_from: rejected, changes_from: changes, left_out: left }: TraceReport,
  colours: boolean,
): string {
  const blocks = operators.map((operator) => operatorLines(operator, colours))
  const ends = [
    `  dropped documents from ${rejected}`,
    ...(changes === null ? [] : [`  texts followed in memory, from ${changes}`]),
    ...left.map(({ name, why }) => `  ${name} was not followed: ${why}`),
  ]
  return `\n${[...blocks, ends].map((lines) => lines.join('\n')).join('\n\n')}\n`
}

function operatorLines(
  { index, name, bounds, dropped, tried, drops, changes }: OperatorTrace,
  colours: boolean,
): string[] {
  const reasons = Object.entries(dropped).map(([reason, count]) => `${reason} ${shown(count)}`)
  const failed = Object.entries(tried?.failed ?? {}).map(([code, count]) => `failed (${code}) ${shown(count)}`)
  const changed = tried && tried.changed > 0 ? [`changed ${shown(tried.changed)} of ${shown(tried.in)}`] : []
  const range = bounds ? `  (keeps ${shown(bounds.minimum)} to ${shown(bounds.maximum)})` : ''
  const what = [...reasons, ...changed, ...failed].join(', ') || 'nothing'
  return [
    `${index === null ? '' : `${index} `}${name}: ${what}${range}`,
    ...drops.flatMap(dropLines),
    ...changes.flatMap((change) => changeLines(change, colours)),
  ]
}

function dropLines({ id, source, reason, stats, duplicate_of: original, text }: Dropped): string[] {
  const measured = Object.entries(stats).map(
    ([stat, value]) => `${stat} ${typeof value === 'number' ? shown(value) : JSON.stringify(value)}`,
  )
  const twin = original
    ? [
        `      duplicate of ${original.id} ${shortened(original.source, TEXT)} in ${original.pipeline}, similarity ${shown(original.similarity)}`,
      ]
    : []
  return [
    `  - ${shortened(source, TEXT)} (${id})  ${[reason, ...measured].join('  ')}`,
    ...twin,
    `      ${shortened(text, TEXT)}`,
  ]
}

function changeLines({ id, source, before, after }: Changed, colours: boolean): string[] {
  const [only] = after
  const head = `  ~ ${shortened(source, TEXT)} (${id})`
  if (after.length === 1 && only !== undefined) {
    const words = excerpts(wordDiff(before, only), AROUND).map((piece) => marked(piece, colours))
    return [
      head,
      ...words
        .join('')
        .split('\n')
        .map((line) => `      ${line}`),
    ]
  }
  return [`${head}  became ${after.length} documents`, ...after.map((text) => `      ${shortened(text, TEXT)}`)]
}

function marked({ kind, text }: Piece, colours: boolean): string {
  const seen = visible(text)
  if (kind === 'same') return seen
  if (!colours) return kind === 'removed' ? `[-${seen}-]` : `{+${seen}+}`
  // A blank has no colour of its own: an underline shows it.
  return `${kind === 'removed' ? RED : GREEN}\u001b[4m${seen}${PLAIN}`
}
