import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCodec } from '../../schemas/codec.ts'
import type { ProbeBlock } from '../../schemas/dataset.ts'
import type { Broker } from '../../services/brokers/broker.ts'
import { processLauncher } from '../../services/cli/launch.ts'
import { operatorContext } from '../../services/cli/operator-context.ts'
import { passages } from '../../services/cli/quickstart/addresses.ts'
import { bucketFold } from '../../services/dataset/folds/bucket-fold.ts'
import { levelStores } from '../../services/dataset/store/level-store.ts'
import documentMinhash from '../../services/operators/deduplicators/document-minhash.ts'
import type { FeedLine } from '../../services/pipeline/feed.ts'
import { runPipeline } from '../../services/pipeline/run.ts'
import { Passage } from '../../services/worker/chain/passage.ts'
import type { DatasetLink } from '../../topologies/topology.ts'
import { quiet, topologyOf } from '../support/pipelines.ts'
import { random } from '../support/random.ts'
import { median, openKafka } from './line.ts'

/**
 * Near duplicates by MinHash with Data-Juicer's defaults: signatures alone, a whole recipe topic to topic, and an index that grows.
 *   MILLRACE_BENCH_CORPUS     a directory of JSON lines; the addresses of the quickstart when not given
 *   MILLRACE_BENCH_PEER       a command that runs the same recipe and corpus with Data-Juicer, as for refine
 *   MILLRACE_BENCH_COPIES     how often the corpus is taken, the words of each line in another order (default 1)
 *   MILLRACE_BENCH_DOCUMENTS  documents of the smallest index; then twice and four times as many (default 100,000)
 */
const RUNS = Number(process.env.MILLRACE_BENCH_RUNS ?? 3)
const SMALLEST = Number(process.env.MILLRACE_BENCH_DOCUMENTS ?? 100_000)
const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-dedup-'))
const recipe = join(folder, 'deduplicate.yaml')
const source = 'process:\n  - document_deduplicator: {lowercase: true}\n  - document_minhash_deduplicator: {}\n'
const context = operatorContext(folder, { files: false, code: false, downloads: false, endpoints: false })
const parameters = documentMinhash.parameters.parse({})
const deduplicator = documentMinhash.create(parameters, context)
const inputs = copies(corpus())

function corpus(): string[] {
  const given = process.env.MILLRACE_BENCH_CORPUS
  if (given) {
    const paths = readdirSync(given).filter((name) => name.endsWith('.jsonl') && name !== 'truth.jsonl')
    return paths.map((name) => join(given, name)).filter((path) => statSync(path).size > 0)
  }
  const path = join(folder, 'addresses.jsonl')
  writeFileSync(path, [...passages()].map((passage) => `${JSON.stringify(passage)}\n`).join(''))
  return [path]
}

/** The corpus several times over, no copy like another to a deduplicator. */
function copies(paths: string[]): string[] {
  const all = [...paths]
  for (let copy = 1; copy < Number(process.env.MILLRACE_BENCH_COPIES ?? 1); copy++) {
    const next = random(copy)
    for (const [i, path] of paths.entries()) {
      const rows = rowsOf(path).map((row) => {
        const sample: { text: string } = JSON.parse(row)
        return `${JSON.stringify({ ...sample, text: shuffled(sample.text, next) })}\n`
      })
      all.push(join(folder, `${copy}-${i}.jsonl`))
      writeFileSync(join(folder, `${copy}-${i}.jsonl`), rows.join(''))
    }
  }
  return all
}

function shuffled(text: string, next: () => number): string {
  const shuffle = (line: string) => {
    const words = line.split(' ')
    return words
      .map((word) => [next(), word] as const)
      .sort(([a], [b]) => a - b)
      .map(([, word]) => word)
      .join(' ')
  }
  return text.split('\n').map(shuffle).join('\n')
}

function rowsOf(path: string): string[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((row) => row !== '')
}

async function* lines(): AsyncGenerator<FeedLine[]> {
  for (const path of inputs) {
    const rows = rowsOf(path)
    for (let at = 0; at < rows.length; at += 500) {
      yield rows.slice(at, at + 500).map((row, i) => ({ bytes: Buffer.from(row), place: `${path}:${at + i + 1}` }))
    }
  }
}

function passageOf(text: string): Passage {
  const place = { id: '0-0', source: '', partition: 0, offset: 0n, ordinal: 0n }
  const sample = { text, fields: Buffer.from('{"text":null}'), textAt: 8, stats: {}, repairs: [], skipped: [] }
  return new Passage({ ...place, ...sample }, 'text')
}

/** CPU time of this process since then. Seconds. */
function cpuSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}

function signatures(): void {
  const texts = inputs.flatMap((path) => rowsOf(path).map((row): string => JSON.parse(row).text))
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0)
  const rates = Array.from({ length: RUNS }, () => {
    const before = process.cpuUsage()
    for (const text of texts) deduplicator.probe(passageOf(text).subject('text'))
    return bytes / 1e6 / cpuSince(before)
  })
  console.log(`signatures: ${median(rates).toFixed(1)} MB per CPU second of ${(bytes / 1e6).toFixed(1)} MB`)
}

function peer(): number | null {
  const command = process.env.MILLRACE_BENCH_PEER
  if (!command) return null
  const timing = join(folder, 'timing.json')
  const plain = join(folder, 'plain.yaml')
  writeFileSync(plain, source)
  const args = [plain, '--out', join(folder, 'kept.jsonl'), '--np', '2', '--timing', timing, ...inputs]
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'ignore'] })
  const { seconds }: { seconds: number } = JSON.parse(readFileSync(timing, 'utf8'))
  return seconds
}

/** From the first checkpoint to the last, as the ledger has them; the start of processes is not in it. Seconds. */
async function working(broker: Broker, ledger: string): Promise<number> {
  const codec = createCodec()
  const times: number[] = []
  for await (const { records } of broker.read(ledger, { until: 'end' })) {
    for (const { value } of records) if (value) times.push(codec.decodeLedgerEntry(value).at)
  }
  return (Math.max(...times) - Math.min(...times)) / 1000
}

async function wholeRecipe(): Promise<void> {
  const broker = await openKafka()
  const ratios: number[] = []
  for (let i = 0; i < RUNS; i++) {
    const name = `bench-dedup-${process.pid}-${i}`
    const named = `${source}stream: {name: ${name}}\n`
    writeFileSync(recipe, named)
    const topology = topologyOf(named)
    const report = await runPipeline({
      broker,
      topology,
      codec: createCodec(),
      launch: processLauncher({ args: [recipe, '--broker', broker.address], logs: join(folder, 'logs') }),
      lines: lines(),
      output: null,
      run: `run-${i}`,
      log: quiet,
      onProgress: () => undefined,
      signal: new AbortController().signal,
    })
    const seconds = await working(broker, topology.topics.ledger)
    await broker.deleteTopics(
      topology.channels.map(({ topic }) => topic).filter((topic) => !/\.(in|verdicts)$/.test(topic)),
    )
    const { input, output } = report
    console.log(
      `recipe run ${i + 1}: ${Math.round(input / seconds)} documents/s, ${(input / report.seconds).toFixed(0)} with the start of ${topology.stages.length} processes; ${output} of ${input} kept`,
    )
    const theirs = peer()
    if (theirs === null) continue
    ratios.push(theirs / seconds)
    console.log(
      `  Data-Juicer: ${Math.round(input / theirs)} documents/s in its executor: ${(theirs / seconds).toFixed(1)} times`,
    )
  }
  if (ratios.length > 0) console.log(`recipe median: ${median(ratios).toFixed(1)} times Data-Juicer`)
  await broker.close()
}

/** Short documents, of which every tenth is nearly an earlier one. */
function* shortDocuments(count: number): Generator<string> {
  const next = random(5)
  const words = (n: number) => Array.from({ length: n }, () => `w${Math.floor(next() * 50_000)}`).join(' ')
  let last = words(60)
  for (let i = 0; i < count; i++) {
    if (i % 10 === 9) yield `${last} ${i}`
    else {
      last = words(60)
      yield last
    }
  }
}

/** One shard of an index takes in so many documents: CPU time and disk for each, and the most memory. */
async function growing(count: number): Promise<{ microseconds: number; bytes: number; rss: number }> {
  const directory = join(folder, `index-${count}`)
  const store = await levelStores(directory)('0')
  const codec = createCodec()
  const fold = bucketFold({ deduplicator, link: LINK, shard: 0, codec })
  let [cpu, first, rss] = [0, 0, 0]
  let documents: ProbeBlock['documents'] = []
  const foldIn = async () => {
    const block: ProbeBlock = { ...BLOCK, total: documents.length, documents }
    const before = process.cpuUsage()
    const { changes } = await fold.fold(store, [{ block, dataset: 0, own: true, ended: [], first }])
    await store.write(changes)
    cpu += cpuSince(before)
    first += documents.length
    documents = []
    rss = Math.max(rss, process.memoryUsage().rss)
  }
  let order = 0
  for (const text of shortDocuments(count)) {
    const { keys, signature } = deduplicator.probe(passageOf(text).subject('text'))
    const place = Buffer.alloc(12)
    place.writeUInt32BE(order++, 4)
    documents.push({
      order: place,
      id: `0-${order}`,
      source: `short.jsonl:${order}`,
      keys: keys.map((key) => Buffer.from(key)),
      signature: Buffer.from(signature),
      rank: null,
    })
    if (documents.length === 1_000) await foldIn()
  }
  await store.close()
  return { microseconds: (cpu * 1e6) / count, bytes: sizeOf(directory) / count, rss }
}

function sizeOf(directory: string): number {
  return readdirSync(join(directory, '0')).reduce((sum, name) => sum + statSync(join(directory, '0', name)).size, 0)
}

const LINK: DatasetLink = {
  operator: { index: 0, name: documentMinhash.name, parameters, textKey: 'text', onFailure: 'dead_letter' },
  fingerprint: '',
  judged: 'end',
  probes: '',
  lasting: true,
  edges: '',
  verdicts: '',
  shards: 1,
  answerers: 1,
}
const BLOCK = { pipeline: 'bench', operator: '', parameters: '', partition: 0, block: 0n, ended: [], forgotten: [] }

signatures()
await wholeRecipe()
for (const times of [1, 2, 4]) {
  const { microseconds, bytes, rss } = await growing(SMALLEST * times)
  console.log(
    `index of ${(SMALLEST * times).toLocaleString('en-US')} documents: ${microseconds.toFixed(0)} CPU microseconds and ${bytes.toFixed(0)} bytes of disk a document, ${(rss / 2 ** 20).toFixed(0)} MiB of memory at most`,
  )
}
rmSync(folder, { recursive: true, force: true })
