import type { StatBounds } from '../bounds.ts'
import type { Box, Histogram } from '../shape.ts'
import { type Markup, markup } from './markup.ts'
import { shown } from './numbers.ts'

const WIDTH = 640
const LEFT = 10
const RIGHT = 10
const TOP = 18
const BARS = 150
const BOX = 34
const HEIGHT = TOP + BARS + 22 + BOX

/** Where the plot of a stat has its numbers from. */
export interface Plotted {
  stat: string
  histogram: Histogram
  box: Box | null
  bounds: readonly StatBounds[]
}

/** A histogram with a box plot below it on the same scale, and the recipe's bounds through both. */
export function distribution({ stat, histogram, box, bounds }: Plotted): Markup {
  const { from, to, counts } = histogram
  const scale = (value: number) => round(LEFT + ((WIDTH - LEFT - RIGHT) * (value - from)) / (to - from))
  const ends = bounds.flatMap(({ minimum, maximum }) => [minimum, maximum]).filter((end) => end !== null)
  const inside = [...new Set(ends)].filter((end) => end >= from && end <= to)
  const outside = [...new Set(ends)].filter((end) => end < from || end > to)
  const says = `Histogram and box plot of ${stat}, from ${shown(from)} to ${shown(to)}`
  return markup`<figure>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="${says}">
<title>${says}</title>
${bars(histogram, scale)}
<line class="axis" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${TOP + BARS}" y2="${TOP + BARS}"/>
<text x="${LEFT}" y="${TOP + BARS + 14}">${shown(from)}</text>
<text x="${WIDTH - RIGHT}" y="${TOP + BARS + 14}" text-anchor="end">${shown(to)}</text>
${box ? boxPlot(box, scale) : null}
${inside.map((end) => boundLine(end, scale(end)))}
</svg>
<figcaption>${counts.length} bars; the tallest has ${shown(Math.max(...counts))} values.${boundsText(inside, outside)}</figcaption>
</figure>
`
}

type Scale = (value: number) => number

function bars({ from, to, counts }: Histogram, scale: Scale): Markup[] {
  const tallest = Math.max(...counts, 1)
  const width = (to - from) / counts.length
  return counts.flatMap((count, i) => {
    if (count === 0) return []
    const x = scale(from + i * width)
    const wide = Math.max(round(scale(from + (i + 1) * width) - x - 0.5), 0.5)
    // What is there is seen, however few they are.
    const high = Math.max(round((BARS * count) / tallest), 1)
    const says = `${shown(from + i * width)} to ${shown(from + (i + 1) * width)}: ${shown(count)}`
    const y = round(TOP + BARS - high)
    return [
      markup`<rect class="bar" x="${x}" y="${y}" width="${wide}" height="${high}"><title>${says}</title></rect>\n`,
    ]
  })
}

function boxPlot({ low, q1, median, q3, high, below, above }: Box, scale: Scale): Markup {
  const top = TOP + BARS + 24
  const bottom = top + BOX - 12
  const middle = (top + bottom) / 2
  const says = `Quartiles ${shown(q1)}, ${shown(median)}, ${shown(q3)}; whiskers from ${shown(low)} to ${shown(high)}; ${shown(below)} values below, ${shown(above)} above`
  return markup`<g><title>${says}</title>
<line class="whisker" x1="${scale(low)}" x2="${scale(q1)}" y1="${middle}" y2="${middle}"/>
<line class="whisker" x1="${scale(q3)}" x2="${scale(high)}" y1="${middle}" y2="${middle}"/>
<line class="whisker" x1="${scale(low)}" x2="${scale(low)}" y1="${top + 5}" y2="${bottom - 5}"/>
<line class="whisker" x1="${scale(high)}" x2="${scale(high)}" y1="${top + 5}" y2="${bottom - 5}"/>
<rect class="box" x="${scale(q1)}" y="${top}" width="${Math.max(round(scale(q3) - scale(q1)), 1)}" height="${bottom - top}"/>
<line class="median" x1="${scale(median)}" x2="${scale(median)}" y1="${top}" y2="${bottom}"/>
</g>`
}

function boundLine(end: number, x: number): Markup {
  const anchor = x > WIDTH / 2 ? 'end' : 'start'
  return markup`<line class="bound" x1="${x}" x2="${x}" y1="${TOP - 4}" y2="${HEIGHT - 4}"><title>bound ${shown(end)}</title></line>
<text class="bound-label" x="${x}" y="11" text-anchor="${anchor}">${shown(end)}</text>
`
}

function boundsText(inside: number[], outside: number[]): string {
  const seen = inside.length > 0 ? ` Dashed: the recipe's bounds ${inside.map(shown).join(', ')}.` : ''
  const unseen = outside.length > 0 ? ` Beyond the values: the bounds ${outside.map(shown).join(', ')}.` : ''
  return seen + unseen
}

const CELL = 46
const LABELS = 190
const HEADS = 130
/** Characters of a name that there is room for. */
const LONGEST = 26

/** A heat map of coefficients from -1 to 1, with each written in its cell. */
export function heatMap(
  title: string,
  stats: readonly string[],
  matrix: readonly (readonly (number | null)[])[],
): Markup {
  const names = stats.map((name) => (name.length > LONGEST ? `${name.slice(0, LONGEST - 1)}…` : name))
  const width = LABELS + names.length * CELL + 60
  const height = HEADS + names.length * CELL
  const heads = names.map((name, i) => {
    const x = LABELS + i * CELL + CELL / 2
    return markup`<text x="${x}" y="${HEADS - 8}" transform="rotate(-40 ${x} ${HEADS - 8})">${name}</text>\n`
  })
  const rows = matrix.flatMap((row, i) => [
    markup`<text x="${LABELS - 8}" y="${HEADS + i * CELL + CELL / 2 + 4}" text-anchor="end">${names[i] ?? ''}</text>\n`,
    ...row.map((value, j) => cell(value, { row: i, column: j, says: `${stats[i]}, ${stats[j]}: ${shown(value)}` })),
  ])
  return markup`<figure>
<svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${title}">
<title>${title}</title>
${heads}${rows}</svg>
<figcaption>${title}. The stronger, the deeper; the table below says the same.</figcaption>
</figure>
`
}

function cell(value: number | null, { row, column, says }: { row: number; column: number; says: string }): Markup {
  const x = LABELS + column * CELL
  const y = HEADS + row * CELL
  const kind = (value ?? 0) < 0 ? 'minus' : 'plus'
  const depth = round(Math.abs(value ?? 0) * 0.75)
  return markup`<g><title>${says}</title><rect class="${kind}" fill-opacity="${depth}" x="${x}" y="${y}" width="${CELL - 2}" height="${CELL - 2}"/>
<text x="${x + CELL / 2 - 1}" y="${y + CELL / 2 + 4}" text-anchor="middle">${value === null ? '–' : value.toFixed(2)}</text></g>
`
}

function round(value: number): number {
  return Number(value.toFixed(2))
}
