import { InferenceSession, Tensor } from 'onnxruntime-node'
import { readSample } from '../../schemas/sample.ts'
import { assetDirectory } from '../../services/assets/directory.ts'
import { passages } from '../../services/cli/quickstart/addresses.ts'
import { readTextTokenizer } from '../../services/models/tokenizers/tokenizer.ts'
import { catalog } from '../../services/operators/catalog.ts'
import { batchesOf } from '../../services/operators/scoring/batches.ts'
import { modelOpener } from '../../services/scoring/model-opener.ts'
import { emptyTally } from '../../services/worker/chain/tally.ts'
import { buildWaitingChain } from '../../services/worker/chain/waiting.ts'

/**
 * What a scoring service makes of onnxruntime: the chain of a stage with text_embd_similarity_filter, from documents to verdicts,
 * against a bare loop that runs the same batches, which it finds encoded and padded. One thread each, in turn, CPU time, the
 * best of each. The model is that of MILLRACE_ASSETS, where the bar of 0.9 is meant for one of sentences such as
 * all-MiniLM-L6-v2; the small one of the tests does no work to speak of.
 */
process.env.MILLRACE_INFERENCE_THREADS = '1'
const DOCUMENTS = 160
const FETCH = 80
const RUNS = 3
const MOST_TOKENS = 256
const BAR = 0.9
const NAME = 'sentence-transformers/all-MiniLM-L6-v2'
const assets = process.env.MILLRACE_ASSETS ?? 'test/support/assets'
const context = { ...assetDirectory(assets), openModel: modelOpener(assets) }

const texts = [...passages()].slice(0, DOCUMENTS).map(({ text }, i) => text.slice(0, 200 + ((i * 97) % 1300)))
const tokenizer = readTextTokenizer('tokenizer.json', context.readAsset(`${NAME}/tokenizer.json`))
const session = await InferenceSession.create(`${assets}/${NAME}/onnx/model.onnx`, {
  intraOpNumThreads: 1,
  enableMemPattern: false,
})
const feeds = slices(texts).flatMap(feedsOf)
const definition = catalog.get('text_embd_similarity_filter')
const operator = {
  index: 0,
  name: 'text_embd_similarity_filter',
  parameters: {
    ...(definition?.parameters.parse({
      api_or_hf_model: NAME,
      is_hf_model: true,
      pooling: 'mean',
      max_tokens: MOST_TOKENS,
      valid_dataset: [{ text: 'The state of the union is strong.' }],
    }) ?? {}),
  },
  textKey: 'text',
  onFailure: 'dead_letter' as const,
}
const chain = buildWaitingChain({ operators: [operator], textKey: 'text' }, catalog, context)
await chain.ready()

const bare: number[] = []
const served: number[] = []
for (let run = 0; run < RUNS; run++) {
  bare.push(
    await cost(async () => {
      for (const feed of feeds) await session.run(feed)
    }),
  )
  served.push(
    await cost(async () => {
      for (const slice of slices(texts)) await chain.pass(slice.map(documentOf), emptyTally([operator]).operators)
    }),
  )
}
await chain.close()
await session.release()
const [best, ours] = [Math.min(...bare), Math.min(...served)]
console.table([
  {
    documents: texts.length,
    batches: feeds.length,
    'bare ms': Math.round(best),
    'service ms': Math.round(ours),
    ratio: Math.round((100 * best) / ours) / 100,
    bar: BAR,
  },
])

function slices(all: string[]): string[][] {
  return Array.from({ length: Math.ceil(all.length / FETCH) }, (_, i) => all.slice(i * FETCH, (i + 1) * FETCH))
}

function feedsOf(slice: string[]): { [name: string]: Tensor }[] {
  const rows = slice.map((text) => tokenizer.encodeWhole(text, MOST_TOKENS))
  return batchesOf(rows.map(({ length }) => length)).map((places) => {
    const width = Math.max(...places.map((place) => rows[place]?.length ?? 0))
    const dims = [places.length, width]
    const cells = (value: (token: number) => bigint) =>
      BigInt64Array.from(
        places.flatMap((place) => Array.from({ length: width }, (_, i) => value(rows[place]?.[i] ?? -1))),
      )
    return {
      input_ids: new Tensor(
        'int64',
        cells((token) => (token < 0 ? 0n : BigInt(token))),
        dims,
      ),
      attention_mask: new Tensor(
        'int64',
        cells((token) => (token < 0 ? 0n : 1n)),
        dims,
      ),
      token_type_ids: new Tensor(
        'int64',
        cells(() => 0n),
        dims,
      ),
    }
  })
}

function documentOf(text: string) {
  const sample = readSample(Buffer.from(JSON.stringify({ text })), { textKey: 'text', maxDepth: 9 })
  return { ...sample, id: '', source: '', partition: 0, offset: 0n, ordinal: 0n, skipped: [] }
}

async function cost(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}
