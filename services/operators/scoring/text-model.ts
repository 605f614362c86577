import type { ModelFace, RunnableModel, Tensor } from '../../../topologies/effects.ts'
import { classify, Failure } from '../../../topologies/failure.ts'
import type { OperatorContext } from '../../../topologies/operator.ts'
import type { TextTokenizer } from '../../models/tokenizers/text-tokenizer.ts'
import { tokenModelOf } from '../models/tokens.ts'
import { requireWellFormed } from '../text/bare-text.ts'
import { batchesOf } from './batches.ts'

/** What a model says of one text: the first output that was asked for, less the padding. */
export interface Row {
  values: Float32Array
  /** Tokens of the text where there are values for each of them; 1 where there are values for the whole text. */
  length: number
}

/** A model that reads texts: a tokenizer and an ONNX file in one folder of the assets. */
export interface TextModel {
  /** Settles when the model can work; rejects with what is missing or not as it should be. */
  ready(): Promise<void>
  /** SHA-256 of the model's file, once it is ready. */
  sha256(): string
  /** One row per text, in order, or why there is none. Texts beyond the limit of tokens are cut there. */
  rows(texts: readonly string[]): Promise<(Row | Failure)[]>
  close(): Promise<void>
}

export interface TextModelOptions {
  /** Folder among the assets, as the name of a model on Hugging Face. */
  name: string
  /** Outputs by name, of which the first that the model has is taken. */
  outputs: readonly string[]
  /** Tokens of a text that the model looks at. */
  mostTokens: number
  accelerator?: 'cpu' | 'cuda' | null | undefined
}

const IDS = 'input_ids'
const MASK = 'attention_mask'
const TYPES = 'token_type_ids'
const KNOWN_INPUTS = [IDS, MASK, TYPES]

/** The files of a model folder. */
export function modelAssets(name: string): string[] {
  return [modelFile(name), `${name}/tokenizer.json`]
}

function modelFile(name: string): string {
  return `${name}/onnx/model.onnx`
}

/** Opens a model that reads texts. Throws `asset_missing` or `asset_invalid` for its tokenizer. */
export function textModel(options: TextModelOptions, context: OperatorContext): TextModel {
  const { name, mostTokens, accelerator } = options
  const { tokenizer } = tokenModelOf(name, context)
  if (!context.openModel) throw new Failure('environment_missing', `Nothing here runs the model ${name}.`)
  const model = context.openModel({ name: modelFile(name), accelerator })
  let face: ModelFace | null = null
  let output = ''
  return {
    async ready() {
      face = await model.ready()
      output = requireFace(face, options)
      await model.run(feedsOf([tokenizer.encodeWhole('warm', mostTokens)], face), [output])
    },
    sha256: () => face?.sha256 ?? '',
    async rows(texts) {
      if (!face) throw new Failure('operator_unavailable', `The model ${name} is not loaded yet.`)
      const encoded = texts.map((text) => encode(text, tokenizer, mostTokens))
      const sound = encoded.flatMap((tokens, place) => (tokens instanceof Failure ? [] : [{ tokens, place }]))
      const rows: (Row | Failure)[] = encoded.map((tokens) => (tokens instanceof Failure ? tokens : NO_ROW))
      for (const batch of batchesOf(
        sound.map(({ tokens }) => tokens.length),
        accelerator ?? 'cpu',
      )) {
        const members = batch.flatMap((at) => sound[at] ?? [])
        const results = await runBatch(
          members.map(({ tokens }) => tokens),
          { model, face, output, name },
        )
        for (const [i, { place }] of members.entries()) rows[place] = results[i] ?? NO_ROW
      }
      return rows
    },
    close: () => model.close(),
  }
}

const NO_ROW = new Failure('operator_failed', 'The model said nothing of this text.')

function encode(text: string, tokenizer: TextTokenizer, most: number): Int32Array | Failure {
  try {
    requireWellFormed(text)
    const tokens = tokenizer.encodeWhole(text, most)
    return tokens.length > 0 ? tokens : new Failure('operator_failed', 'The text has no tokens.')
  } catch (thrown) {
    return classify(thrown)
  }
}

/** The output to take. Throws `asset_invalid` for a model that takes or gives something else. */
function requireFace({ inputs, outputs: given }: ModelFace, { name, outputs }: TextModelOptions): string {
  const strange = inputs.filter((input) => !KNOWN_INPUTS.includes(input))
  if (strange.length > 0 || !inputs.includes(IDS)) {
    throw new Failure(
      'asset_invalid',
      `The model ${modelFile(name)} takes ${inputs.join(', ')}, where it must take ${IDS} and may take ${MASK} and ${TYPES}. Export it again with these names.`,
    )
  }
  const output = outputs.find((wanted) => given.includes(wanted))
  if (output !== undefined) return output
  throw new Failure(
    'asset_invalid',
    `The model ${modelFile(name)} gives ${given.join(', ')}, and none of ${outputs.join(', ')}. Is it a model for this operator?`,
  )
}

interface Runner {
  model: RunnableModel
  face: ModelFace
  output: string
  name: string
}

/** Where the model cannot take a batch, each row is tried alone, so that one text does not fail its neighbours. */
async function runBatch(rows: Int32Array[], runner: Runner): Promise<(Row | Failure)[]> {
  try {
    const { [runner.output]: tensor } = await runner.model.run(feedsOf(rows, runner.face), [runner.output])
    return rowsOf(tensor, rows, runner)
  } catch (thrown) {
    if (rows.length === 1) return [classify(thrown)]
    const alone: (Row | Failure)[] = []
    for (const row of rows) alone.push(...(await runBatch([row], runner)))
    return alone
  }
}

function feedsOf(rows: readonly Int32Array[], { inputs }: ModelFace): { [name: string]: Tensor } {
  const width = rows.reduce((most, row) => Math.max(most, row.length), 0)
  const dims = [rows.length, width]
  const ids = new BigInt64Array(rows.length * width)
  const mask = new BigInt64Array(rows.length * width)
  // Halves of 64-bit numbers, the low one first, so that no BigInt is made for each token.
  const idHalves = new Int32Array(ids.buffer)
  const maskHalves = new Int32Array(mask.buffer)
  for (const [at, row] of rows.entries()) {
    for (let i = 0; i < row.length; i++) {
      idHalves[2 * (at * width + i)] = row[i] as number
      maskHalves[2 * (at * width + i)] = 1
    }
  }
  const all: { [name: string]: BigInt64Array } = { [IDS]: ids, [MASK]: mask }
  return Object.fromEntries(
    inputs.map((name) => [name, { type: 'int64', data: all[name] ?? new BigInt64Array(ids.length), dims }]),
  )
}

function rowsOf(tensor: Tensor | undefined, rows: readonly Int32Array[], { name, output }: Runner): Row[] {
  const [count = 0, ...shape] = tensor?.dims ?? []
  const size = shape.reduce((product, dimension) => product * dimension, 1)
  if (tensor?.type !== 'float32' || count !== rows.length || shape.length === 0 || shape.length > 2) {
    const form = tensor ? `${tensor.type} [${tensor.dims.join(', ')}]` : 'nothing'
    throw new Failure(
      'operator_failed',
      `The model ${name} gives ${form} for ${output}, where a row per text is needed.`,
    )
  }
  const width = shape.length === 2 ? (shape[1] ?? 0) : size
  return rows.map((row, i) => {
    const length = shape.length === 2 ? Math.min(row.length, shape[0] ?? 0) : 1
    return { values: tensor.data.subarray(i * size, i * size + length * width), length }
  })
}
