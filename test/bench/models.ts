import { execFileSync } from 'node:child_process'
import { assetDirectory } from '../../services/assets/directory.ts'
import { passages } from '../../services/cli/quickstart/addresses.ts'
import { readTextClassifier } from '../../services/models/fasttext/model.ts'
import { readLanguageModel } from '../../services/models/kenlm/model.ts'
import { readPieceTokenizer } from '../../services/models/sentencepiece/tokenizer.ts'
import { readTextTokenizer } from '../../services/models/tokenizers/tokenizer.ts'
import { perplexityOf } from '../../services/operators/models/perplexity.ts'

/**
 * What the models cost on English prose: CPU milliseconds for each megabyte, the first pass over the texts, which fills the
 * memory of words, and the best of those behind it. KenLM's bar is missed, at 0.5 to 0.8 of its own speed: a look-up is a wait for
 * memory, of which its mapped file of large pages needs fewer, and numbers of 64 bits are two of 32 here.
 *   MILLRACE_ASSETS             lid.176.bin, en.sp.model, en.arpa.bin and the tokenizer of token_num_filter
 *   MILLRACE_BENCH_PEER_MODELS  a program that runs the engines themselves, through Python, over the same texts: it is called with
 *                               the assets, given JSON lines, and prints {engine: CPU milliseconds}
 */
const MEGABYTES = 4
const RUNS = 5
const assets = process.env.MILLRACE_ASSETS ?? 'test/support/assets'
const peer = process.env.MILLRACE_BENCH_PEER_MODELS
const BARS: Record<string, number> = { fasttext: 3, sentencepiece: 3, kenlm: 1, tokens: 1 }

const texts = someTexts()
const size = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0) / 1e6
const context = assetDirectory(assets)
const read = <T>(name: string, reader: (name: string, bytes: Uint8Array) => T) => reader(name, context.readAsset(name))

const classifier = read('lid.176.bin', readTextClassifier)
const pieces = read('en.sp.model', readPieceTokenizer)
const language = read('en.arpa.bin', readLanguageModel)
const tokenizer = read('EleutherAI/pythia-6.9b-deduped/tokenizer.json', readTextTokenizer)
const lines = texts.map((text) => text.toLowerCase().replaceAll('\n', ' '))

const ours: Record<string, { first: number; best: number }> = {
  fasttext: cost(lines, (line) => classifier.predict(line)),
  sentencepiece: cost(texts, (text) => pieces.encode(text)),
  kenlm: cost(
    texts.map((text) => pieces.encode(text)),
    perplexityOf(pieces, language),
  ),
  tokens: cost(texts, (text) => tokenizer.encode(text)),
}
const theirs = peer ? theirCosts(peer) : {}

console.table(
  Object.entries(ours).map(([engine, { first, best }]) => {
    const their = theirs[engine]
    return {
      engine,
      'first ms/MB': round(first / size),
      'ms/MB': round(best / size),
      ...(their === undefined
        ? {}
        : { 'its own ms/MB': round(their / size), ratio: round(their / best), bar: BARS[engine] }),
    }
  }),
)

function someTexts(): string[] {
  const chosen: string[] = []
  let bytes = 0
  for (const { text } of passages()) {
    if (bytes > MEGABYTES * 1e6) break
    chosen.push(text)
    bytes += text.length
  }
  return chosen
}

function cost<T>(inputs: T[], work: (input: T) => unknown): { first: number; best: number } {
  const passes = Array.from({ length: RUNS }, () => {
    const before = process.cpuUsage()
    for (const input of inputs) work(input)
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1000
  })
  return { first: passes[0] ?? 0, best: Math.min(...passes) }
}

function theirCosts(program: string): Record<string, number> {
  const input = texts.map((text) => `${JSON.stringify({ text })}\n`).join('')
  return JSON.parse(
    execFileSync(program, [assets], { input, maxBuffer: 2 ** 28, stdio: ['pipe', 'pipe', 'ignore'] }).toString(),
  )
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
