/**
 * Makes the small models that tests run with, always the same: an encoder of texts with its tokenizer in the place of a real one of
 * sentences, a classifier of the same kind, and two of hashed words. Run it by: node infra/vectors/small-models.ts DIRECTORY.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { FLOAT, INT64, onnxFile, type Step } from '../../services/models/onnx/model.ts'
import { linearModelFile } from '../../services/models/quality/classifier.ts'
import { bucketCounter } from '../../services/models/quality/features.ts'
import { logisticRegression, TrainingSet } from '../../services/models/quality/training.ts'
import { eachSparkWord } from '../../services/models/quality/words.ts'

const ENCODER = 'sentence-transformers/all-MiniLM-L6-v2'
const WIDTH = 16
const BUCKETS = 2 ** 12
const SPECIAL = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]']
const WORDS = `the a of and in to is it that was by with for on as at from his her its this be are not but or an have
had which you one all were when we there can more if no out so up into than them two other time made over did down only way
find use may water long little very after words called just where most know mill wheel river stands turns flour village summer
evening slow grain stone miller bread house bridge road field corn cow sheep farm market money rose percent quarterly four
report bank stock price year month day people man woman child school book letter king queen land sea ship sun moon star light
dark night morning rain snow wind fire earth tree leaf bird fish horse dog cat free click buy now cheap offer hello world`

const place = process.argv[2] ?? 'test/support/assets'

function write(name: string, bytes: Uint8Array | string): void {
  const path = join(place, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, bytes)
}

function pieces(): string[] {
  const letters = 'abcdefghijklmnopqrstuvwxyz0123456789'.split('')
  const marks = '!"#$%&\'()*+,-./:;<=>?@[]_`{|}~'.split('')
  const ends = ['##ing', '##ed', '##er', '##ly', '##s', '##es', '##tion', '##able', '##ness']
  const foreign = ['ä', 'ö', 'ü', 'é', 'ß', '漢', '字', '水', '人', 'а', 'б', 'в']
  const all = [...SPECIAL, ...marks, ...letters, ...letters.map((letter) => `##${letter}`), ...ends, ...foreign]
  return [...new Set([...all, ...WORDS.split(/\s+/)])]
}

function tokenizer(vocabulary: readonly string[]): string {
  const idOf = (piece: string) => vocabulary.indexOf(piece)
  const special = (id: string) => ({ SpecialToken: { id, type_id: 0 } })
  return JSON.stringify({
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: SPECIAL.map((content) => ({
      id: idOf(content),
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [special('[CLS]'), { Sequence: { id: 'A', type_id: 0 } }, special('[SEP]')],
      pair: [special('[CLS]'), { Sequence: { id: 'A', type_id: 0 } }, special('[SEP]')],
      special_tokens: Object.fromEntries(['[CLS]', '[SEP]'].map((id) => [id, { id, ids: [idOf(id)], tokens: [id] }])),
    },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(vocabulary.map((piece, id) => [piece, id])),
    },
  })
}

/** Numbers between -1 and 1 that look like chance: a multiplicative congruential generator (Park and Miller). */
function noise(count: number): Float32Array {
  let state = 20_241_124
  return Float32Array.from({ length: count }, () => {
    state = (state * 48_271) % 0x7fffffff
    return (2 * state) / 0x7fffffff - 1
  })
}

/** Each token's vector and the mean of the text's, so that padding that counts would show. */
function encoder(size: number): Uint8Array {
  const step = (operator: string, inputs: string[], output: string, attributes?: Step['attributes']): Step => ({
    operator,
    inputs,
    outputs: [output],
    ...(attributes ? { attributes } : {}),
  })
  return onnxFile({
    name: 'encoder',
    inputs: ['input_ids', 'attention_mask', 'token_type_ids'].map((name) => ({
      name,
      type: INT64,
      shape: ['texts', 'tokens'],
    })),
    outputs: [{ name: 'last_hidden_state', type: FLOAT, shape: ['texts', 'tokens', WIDTH] }],
    weights: [
      { name: 'vectors', dims: [size, WIDTH], data: noise(size * WIDTH) },
      { name: 'types', dims: [2, WIDTH], data: new Float32Array(2 * WIDTH) },
      { name: 'last', dims: [1], data: BigInt64Array.of(2n) },
      { name: 'tokens', dims: [1], data: BigInt64Array.of(1n) },
    ],
    steps: [
      step('Gather', ['vectors', 'input_ids'], 'of_tokens', { axis: 0 }),
      step('Gather', ['types', 'token_type_ids'], 'of_types', { axis: 0 }),
      step('Add', ['of_tokens', 'of_types'], 'embedded'),
      step('Cast', ['attention_mask'], 'mask', { to: FLOAT }),
      step('Unsqueeze', ['mask', 'last'], 'wide_mask'),
      step('Mul', ['embedded', 'wide_mask'], 'masked'),
      step('ReduceSum', ['masked', 'tokens'], 'sum', { keepdims: 1 }),
      step('ReduceSum', ['wide_mask', 'tokens'], 'count', { keepdims: 1 }),
      step('Div', ['sum', 'count'], 'mean'),
      step('Add', ['embedded', 'mean'], 'last_hidden_state'),
    ],
  })
}

/** Two classes: a text is good by what its words are. */
function textClassifier(vocabulary: readonly string[]): Uint8Array {
  const spam = new Set(['click', 'buy', 'cheap', 'free', 'offer', 'now'])
  const logits = Float32Array.from(
    vocabulary.flatMap((piece) => (spam.has(piece) ? [3, -3] : /^[a-z]{2,}$/.test(piece) ? [-1, 1] : [0, 0])),
  )
  return onnxFile({
    name: 'classifier',
    inputs: ['input_ids', 'attention_mask'].map((name) => ({ name, type: INT64, shape: ['texts', 'tokens'] })),
    outputs: [{ name: 'logits', type: FLOAT, shape: ['texts', 2] }],
    weights: [
      { name: 'classes', dims: [vocabulary.length, 2], data: logits },
      { name: 'last', dims: [1], data: BigInt64Array.of(2n) },
      { name: 'tokens', dims: [1], data: BigInt64Array.of(1n) },
    ],
    steps: [
      { operator: 'Gather', inputs: ['classes', 'input_ids'], outputs: ['of_tokens'], attributes: { axis: 0 } },
      { operator: 'Cast', inputs: ['attention_mask'], outputs: ['mask'], attributes: { to: FLOAT } },
      { operator: 'Unsqueeze', inputs: ['mask', 'last'], outputs: ['wide_mask'] },
      { operator: 'Mul', inputs: ['of_tokens', 'wide_mask'], outputs: ['masked'] },
      { operator: 'ReduceSum', inputs: ['masked', 'tokens'], outputs: ['logits'], attributes: { keepdims: 0 } },
    ],
  })
}

const GOOD = `The mill stands by the river, and its wheel turns slowly through the summer evenings.
In the village they have baked bread with its flour for three hundred years.
A letter came in the morning, and the miller read it twice before he spoke of it.
The road over the bridge leads to the market, where farmers sell their corn.
When the rain had stopped, the children ran down to the water to look at the wheel.
Nobody in the house remembered who had planted the tree beside the door.
He wrote down what he had seen, without haste, and put the book back in its place.
Ships went out to sea before sunrise and came home with the evening wind.`.split('\n')

const ADVERTISING = `BUY NOW cheap cheap click here free free offer
click here to buy cheap pills free shipping now!!!
free free free click now best offer buy cheap watches
limited offer!!! buy now and click here for free money
cheap replica watches buy buy buy click here now
win money now click this free offer today!!!
hot deals cheap deals click buy now free free
subscribe now!!! click like share free offer buy cheap`.split('\n')

const INSULTS = `you are a stupid worthless idiot and everybody hates you
shut up you stupid idiot nobody wants you here
what a worthless stupid person you are I hate you
everybody hates you idiot go away
you idiot are too stupid to live
I hate you and your worthless stupid friends
stupid stupid idiot shut your mouth
go away you worthless idiot everybody hates you`.split('\n')

function classifier(positive: string[], negative: string[]): Uint8Array {
  const count = bucketCounter(BUCKETS, eachSparkWord)
  const set = new TrainingSet()
  for (const text of positive) set.add(count(text), true)
  for (const text of negative) set.add(count(text), false)
  const { weights, bias } = logisticRegression(set, BUCKETS, { iterations: 100, tolerance: 1e-9, l2: 0.01 })
  return linearModelFile({ weights, bias, tokenizer: '', version: '1', about: { texts: String(set.size) } })
}

const vocabulary = pieces()
write(`${ENCODER}/tokenizer.json`, tokenizer(vocabulary))
write(`${ENCODER}/onnx/model.onnx`, encoder(vocabulary.length))
write('quality/text-classifier/tokenizer.json', tokenizer(vocabulary))
write('quality/text-classifier/onnx/model.onnx', textClassifier(vocabulary))
write('quality.onnx', classifier(GOOD, ADVERTISING))
write('toxicity.onnx', classifier(INSULTS, GOOD))
