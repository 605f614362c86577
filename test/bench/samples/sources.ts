import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { passages } from '../../../services/cli/quickstart/addresses.ts'
import { random } from '../../support/random.ts'
import { archivesOf } from './archives.ts'
import { dialog, latexSource, webPage } from './generators.ts'

/** What a measured sample is made of. */
export type Kind = 'text' | 'latex' | 'html' | 'chinese' | 'agent' | 'archive'

/** One JSON sample as it stands on a line. */
export type Line = { [key: string]: unknown; text: string }

/** Files of a corpus that hold a kind, by their names; those of no other kind are text. */
const FILES = { latex: /latex/, html: /html/, chinese: /zh/ }

/**
 * Samples of a kind, `megabytes` of JSON lines or somewhat less: of the corpus in directory `corpus`, its files in turn, or
 * where there is none of the kind made of the addresses of the quickstart.
 */
export function samplesOf(kind: Kind, megabytes: number, corpus?: string): Line[] {
  if (kind === 'archive') return withArchives(samplesOf('latex', megabytes, corpus))
  const lines: Line[] = []
  let bytes = 0
  for (const line of kind === 'agent' || !corpus ? made(kind) : found(kind, corpus)) {
    bytes += Buffer.byteLength(JSON.stringify(line))
    if (bytes > megabytes * 1e6) break
    lines.push(line)
  }
  return lines.length > 0 || !corpus ? lines : samplesOf(kind, megabytes)
}

/** The same texts, each in an archive that its sample names as well. */
function withArchives(lines: Line[]): Line[] {
  const paths = archivesOf(lines.map(({ text }) => text))
  return lines.map((line, i) => ({ ...line, compressed_file: paths[i] }))
}

function* made(kind: Kind): Generator<Line> {
  const next = random(1)
  const texts = Array.from(passages(), ({ id, text, meta }) => ({ id, text, meta }))
  if (kind === 'text') yield* texts
  for (let at = 0; at < texts.length; at += 4) {
    const parts = texts.slice(at, at + 4).map(({ text }) => text)
    const id = `${kind}-${at}`
    if (kind === 'latex') yield { id, text: latexSource(parts) }
    if (kind === 'html') yield { id, text: webPage(parts) }
    if (kind === 'chinese') yield { id, text: characters(next, 2_000) }
    if (kind === 'agent') yield { id, text: '', ...dialog(parts, at) }
  }
}

/** Ideographs of the range in common use, with a mark here and there. */
function characters(next: () => number, count: number): string {
  return Array.from({ length: count }, () => {
    const at = next()
    return at < 0.08 ? '，' : at < 0.11 ? '。\n' : String.fromCharCode(0x4e00 + Math.floor(next() ** 2 * 0x3000))
  }).join('')
}

function* found(kind: Kind, corpus: string): Generator<Line> {
  const isOfKind = (name: string) => kindOf(name) === kind
  const files = readdirSync(corpus)
    .filter((name) => name.endsWith('.jsonl') && statSync(join(corpus, name)).size > 0)
    .filter(isOfKind)
    .sort()
    .map((name) => readFileSync(join(corpus, name), 'utf8').trimEnd().split('\n'))
  for (let row = 0; files.some((rows) => row < rows.length); row++) {
    for (const rows of files) {
      const line = lineOf(rows[row] ?? '')
      if (line) yield line
    }
  }
}

/** A corpus may hold lines that are broken on purpose: they are left out. */
function lineOf(json: string): Line | null {
  try {
    const line: Line = JSON.parse(json)
    return typeof line.text === 'string' && line.text.isWellFormed() ? line : null
  } catch {
    return null
  }
}

function kindOf(name: string): Kind {
  if (FILES.latex.test(name)) return 'latex'
  if (FILES.html.test(name)) return 'html'
  return FILES.chinese.test(name) ? 'chinese' : 'text'
}
