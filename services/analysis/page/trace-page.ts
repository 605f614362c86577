import type { Changed, Dropped, OperatorTrace, TraceReport } from '../trace.ts'
import { excerpts, wordDiff } from '../word-diff.ts'
import { type Markup, markup } from './markup.ts'
import { shown } from './numbers.ts'
import { page, pageTable } from './shell.ts'

const SHOWN_TEXT = 600
const AROUND = 120

/** The page of a trace: for each operator what it dropped and why, and how it changed texts. */
export function tracePage(report: TraceReport): string {
  const { pipeline, rejected_from: rejected, changes_from: changes, operators, left_out: left } = report
  const rows = operators.map((operator) => [
    nameOf(operator),
    shown(total(operator.dropped)),
    operator.tried ? `${shown(operator.tried.changed)} of ${shown(operator.tried.in)}` : '–',
  ])
  const missing = left.map(({ name, why }) => markup`<li><code>${name}</code>: ${why}</li>\n`)
  const out = left.length > 0 ? markup`<p>Not followed:</p>\n<ul>\n${missing}</ul>` : null
  const content = markup`<p>Dropped documents are from ${rejected}.${changes === null ? '' : ` Texts were followed through the operators in memory, from ${changes}.`}</p>
${out}
<h2>Operators</h2>
${pageTable('What each operator did', ['operator', 'dropped', 'changed'], rows)}
${operators.map(operatorOf)}`
  return page(`Trace of ${pipeline}`, content)
}

function nameOf({ index, name }: OperatorTrace): string {
  return index === null ? name : `${index} ${name}`
}

function total(counts: Record<string, number>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0)
}

function operatorOf(operator: OperatorTrace): Markup {
  const { bounds, dropped, tried, drops, changes } = operator
  if (drops.length + changes.length === 0) return markup``
  const why = Object.entries(dropped).map(([reason, count]) => `${reason} ${shown(count)}`)
  const range = bounds ? ` It keeps from ${shown(bounds.minimum)} to ${shown(bounds.maximum)}.` : ''
  const lost = why.length > 0 ? markup`<p>Dropped: ${why.join(', ')}.${range}</p>\n` : null
  const changed =
    changes.length > 0 && tried ? markup`<p>Changed ${shown(tried.changed)} of ${shown(tried.in)} texts.</p>\n` : null
  return markup`<h2>${nameOf(operator)}</h2>
${lost}${drops.map(dropOf)}${changed}${changes.map(changeOf)}`
}

function dropOf({ id, source, reason, stats, duplicate_of: original, text }: Dropped): Markup {
  const measured = Object.entries(stats).map(([stat, value]) => `${stat} ${valueText(value)}`)
  const twin = original
    ? markup`<p>Duplicate of ${original.id} (${original.source}) in ${original.pipeline}, similarity ${shown(original.similarity)}</p>\n`
    : null
  const rest = text.length > SHOWN_TEXT ? '…' : ''
  return markup`<section><h3>${source} <span class="soft">${id}</span></h3>
<p><strong>${reason}</strong>${measured.length > 0 ? `: ${measured.join(', ')}` : ''}</p>
${twin}<div class="text">${text.slice(0, SHOWN_TEXT)}${rest}</div></section>
`
}

function valueText(value: Dropped['stats'][string]): string {
  return typeof value === 'number' ? shown(value) : JSON.stringify(value)
}

function changeOf({ id, source, before, after }: Changed): Markup {
  const [only] = after
  const parts =
    after.length === 1 && only !== undefined
      ? [markup`<div class="text">${diffMarkup(before, only)}</div>`]
      : [
          markup`<p>Became ${after.length} documents.</p>\n<div class="text"><del>${before.slice(0, SHOWN_TEXT)}</del></div>`,
          ...after.map((text) => markup`<div class="text"><ins>${text.slice(0, SHOWN_TEXT)}</ins></div>`),
        ]
  return markup`<section><h3>${source} <span class="soft">${id}</span></h3>\n${parts}</section>\n`
}

function diffMarkup(before: string, after: string): Markup[] {
  return excerpts(wordDiff(before, after), AROUND).map(({ kind, text }) => {
    if (kind === 'removed') return markup`<del>${text}</del>`
    return kind === 'added' ? markup`<ins>${text}</ins>` : markup`${text}`
  })
}
