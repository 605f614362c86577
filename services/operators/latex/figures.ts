import { strip } from '../text/python-strings.ts'
import { type Environment, environments } from './environments.ts'
import { type Argument, balanced, type Fragment, flat, fragmentOf, next, skipOption, skipSpace } from './fragment.ts'

/** A figure, or a part of one. */
export interface Figure {
  caption: string
  label: string
  /** Paths of its images; none only for a figure that consists of parts. */
  images: string[]
  parts: Figure[]
}

const FIGURE = /\\begin\{(figure\*?|wrapfigure)\}/g
const SUBFIGURE = /\\begin\{(subfigure)\}/g
const MINIPAGE = /\\begin\{(minipage)\}/g

/** A command: how all its names begin, and how they may end, the longest first. */
interface Name {
  start: string
  ends: string[]
}

const PART_COMMAND: Name = { start: '\\subf', ends: ['igure', 'loat'] }
const CAPTION: Name = { start: '\\caption', ends: ['*', ''] }
const SUBCAPTION: Name = { start: '\\subcaption', ends: [''] }
const FIGURE_CAPTION: Name = { start: '\\captionof{figure}', ends: [''] }
const TABLE_CAPTION: Name = { start: '\\captionof{table}', ends: [''] }
const LABEL: Name = { start: '\\label', ends: [''] }
const IMAGE: Name = { start: '\\includegraphics', ends: [''] }

/** The figures of a LaTeX source that have images: floats, their parts as figures of their own, and minipages side by side. */
export function figuresOf(source: string): Figure[] {
  return environments(source, FIGURE).flatMap(({ start, end }) => figuresIn(source.slice(start, end)))
}

function figuresIn(text: string): Figure[] {
  const fragment = fragmentOf(text)
  const parts = [...subfigures(text), ...titledParts(fragment), ...untitledParts(fragment)]
  if (parts.length > 0) return figureOfParts(text, parts)
  const pages = environments(text, MINIPAGE)
  if (pages.length < 2) return withImages(figureOf(fragment))
  return pages.flatMap(({ bodyStart, bodyEnd }) => {
    const body = fragmentOf(text.slice(bodyStart, bodyEnd))
    return first(body, TABLE_CAPTION, optioned) ? [] : withImages(figureOf(body))
  })
}

/** Caption and label of the whole are what stands outside of its parts. */
function figureOfParts(text: string, parts: Part[]): Figure[] {
  const figures = parts.map(partOf).filter(({ images }) => images.length > 0)
  if (figures.length === 0) return []
  const outside = fragmentOf(without(text, parts))
  return [{ caption: captionOf(outside), label: labelOf(outside), images: [], parts: figures }]
}

function figureOf(fragment: Fragment): Figure {
  return { caption: captionOf(fragment), label: labelOf(fragment), images: imagesOf(fragment), parts: [] }
}

function withImages(figure: Figure): Figure[] {
  return figure.images.length > 0 ? [figure] : []
}

/** A part of a figure: where it stands, what it holds, and its caption where that stands elsewhere than in the content. */
interface Part {
  start: number
  end: number
  content: string
  caption?: string
}

function partOf({ content, caption }: Part): Figure {
  const fragment = fragmentOf(content)
  return { ...figureOf(fragment), ...(caption === undefined ? {} : { caption }) }
}

function subfigures(text: string): Part[] {
  return environments(text, SUBFIGURE).map(({ start, end }: Environment) => ({
    start,
    end,
    content: text.slice(start, end),
  }))
}

/** `\subfigure[caption]{content}` and `\subfloat[caption]{content}`. */
function titledParts(fragment: Fragment): Part[] {
  const { text } = fragment
  return all(fragment, PART_COMMAND, (_, at) => {
    const close = text[at] === '[' ? next(fragment, ']', at) : -1
    return close < 0 ? null : balanced(fragment, skipSpace(text, close + 1))
  }).map(({ start, behind, content, end }) => {
    const title = text.slice(behind + 1, next(fragment, ']', behind))
    return { start, end, content, caption: strip(title) }
  })
}

/** The same without a caption. */
function untitledParts(fragment: Fragment): Part[] {
  const parts = all(fragment, PART_COMMAND, (_, at) => balanced(fragment, skipSpace(fragment.text, at)))
  return parts.map(({ start, end, content }) => ({ start, end, content, caption: '' }))
}

/**
 * The text without its parts, cut out from the last to the first at the places that they have in the whole. Where one part lies
 * within another, the outer cut therefore takes as much more behind it as the inner one took.
 */
function without(text: string, parts: Part[]): string {
  const kept: [from: number, to: number][] = []
  let before = text.length
  for (const { start, end } of [...parts].sort((a, b) => b.start - a.start)) {
    if (end <= before) kept.push([end, before])
    else drop(kept, end - before)
    before = start
  }
  kept.push([0, before])
  return kept
    .reverse()
    .map(([from, to]) => text.slice(from, to))
    .join('')
}

/** Takes so many characters off the front, which is at the end of the list. */
function drop(kept: [from: number, to: number][], count: number): void {
  let left = count
  for (let front = kept.at(-1); front && left > 0; front = kept.at(-1)) {
    const [from, to] = front
    if (to - from > left) {
      front[0] = from + left
      return
    }
    left -= to - from
    kept.pop()
  }
}

function captionOf(fragment: Fragment): string {
  const found =
    first(fragment, CAPTION, optioned) ??
    first(fragment, SUBCAPTION, optioned) ??
    first(fragment, FIGURE_CAPTION, optioned)
  return strip(found?.content ?? '')
}

function labelOf(fragment: Fragment): string {
  return strip(first(fragment, LABEL, flat)?.content ?? '')
}

function imagesOf(fragment: Fragment): string[] {
  const paths = all(fragment, IMAGE, (_, at) => flat(fragment, skipOption(fragment, at)))
  return paths.map(({ content }) => strip(content))
}

/** Reads the arguments behind a command; null when they are not there. */
type ReadArguments = (fragment: Fragment, at: number) => Argument | null

const optioned: ReadArguments = (fragment, at) => balanced(fragment, skipOption(fragment, at))

/** A command that has its arguments: where it begins, where its name ends, and its last argument. */
interface Command extends Argument {
  start: number
  behind: number
}

function first(fragment: Fragment, name: Name, read: ReadArguments): Command | null {
  return all(fragment, name, read, 1)[0] ?? null
}

/** The commands of a name, one behind the other. */
function all(
  fragment: Fragment,
  { start: prefix, ends }: Name,
  read: ReadArguments,
  most = Number.POSITIVE_INFINITY,
): Command[] {
  const { text } = fragment
  const found: Command[] = []
  let start = text.indexOf(prefix)
  while (start >= 0 && found.length < most) {
    const stem = start + prefix.length
    const ending = ends.find((end) => text.startsWith(end, stem))
    const behind = stem + (ending?.length ?? 0)
    const argument = ending === undefined ? null : read(fragment, behind)
    if (argument) found.push({ start, behind, ...argument })
    start = text.indexOf(prefix, argument ? argument.end : stem)
  }
  return found
}
