import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { operatorContext } from '../../../services/cli/operator-context.ts'
import { linearModelFile, readLinearModel, scorerOf } from '../../../services/models/quality/classifier.ts'
import { bucketCounter } from '../../../services/models/quality/features.ts'
import { eachSparkWord } from '../../../services/models/quality/words.ts'
import { textModel } from '../../../services/operators/scoring/text-model.ts'
import { providersOf } from '../../../services/scoring/execution-providers.ts'
import { modelOpener } from '../../../services/scoring/model-opener.ts'
import { scratchDirectory } from '../../support/command-line.ts'
import { failureOf, rejectionOf } from '../../support/failures.ts'

const ASSETS = 'test/support/assets'
const NOTHING = { files: false, code: false, downloads: false, endpoints: false }

describe('a model in ONNX', () => {
  test('gives in onnxruntime the score that the operator computes itself', async () => {
    const weights = Float64Array.from({ length: 64 }, (_, i) => Math.sin(i))
    const file = linearModelFile({ weights, bias: -0.5, tokenizer: '', version: '1', about: {} })
    const assets = scratchDirectory()
    writeFileSync(join(assets, 'q.onnx'), file)
    // the runtime takes counts in double precision, which only this test feeds it
    const { InferenceSession, Tensor } = await import('onnxruntime-node')
    const session = await InferenceSession.create(join(assets, 'q.onnx'))
    const count = bucketCounter(64, eachSparkWord)
    const score = scorerOf(readLinearModel('q.onnx', file))
    for (const text of ['the mill stands by the river', 'buy now now now', 'one']) {
      const { buckets, counts } = count(text)
      const ids = BigInt64Array.from(buckets, BigInt)
      const dims = [1, buckets.length]
      const { scores } = await session.run({
        buckets: new Tensor('int64', ids, dims),
        counts: new Tensor('float64', Float64Array.from(counts), dims),
      })
      expect(Number(scores?.data[0])).toBeCloseTo(score(text), 10)
    }
    await session.release()
  })

  test('that is missing, cut short or something else is said so by name', async () => {
    const assets = scratchDirectory()
    const open = modelOpener(assets)
    expect(await rejectionOf(open({ name: 'gone.onnx' }).ready())).toMatchObject({ code: 'asset_missing' })
    const whole = readFileSync(join(ASSETS, 'quality.onnx'))
    for (const [name, bytes] of [
      ['cut.onnx', whole.subarray(0, whole.length / 2)],
      ['other.onnx', Buffer.from('{"no": "model"}')],
    ] as const) {
      writeFileSync(join(assets, name), bytes)
      const failure = await rejectionOf(open({ name }).ready())
      expect(failure).toMatchObject({ code: 'asset_invalid', message: expect.stringContaining(name) })
    }
  })

  test('that takes other inputs than texts is refused, with the names that it takes', async () => {
    const assets = scratchDirectory()
    mkdirSync(join(assets, 'org/model/onnx'), { recursive: true })
    copyFileSync(join(ASSETS, 'quality.onnx'), join(assets, 'org/model/onnx/model.onnx'))
    const tokenizer = 'sentence-transformers/all-MiniLM-L6-v2/tokenizer.json'
    copyFileSync(join(ASSETS, tokenizer), join(assets, 'org/model/tokenizer.json'))
    const model = textModel({ name: 'org/model', outputs: ['logits'], mostTokens: 8 }, operatorContext(assets, NOTHING))
    const failure = await rejectionOf(model.ready())
    expect(failure).toMatchObject({ code: 'asset_invalid', message: expect.stringContaining('input_ids') })
    await model.close()
  })

  test('is in memory once, however many open it', async () => {
    const open = modelOpener(ASSETS)
    const [one, other] = [open({ name: 'quality.onnx' }), open({ name: 'quality.onnx' })]
    expect(await one.ready()).toBe(await other.ready())
    await one.close()
    expect((await other.ready()).sha256).toMatch(/^[0-9a-f]{64}$/)
    await other.close()
  })
})

test('execution providers come from the environment or the operator, and unknown ones are refused', () => {
  expect(providersOf('cuda', undefined)).toEqual({ order: ['cuda', 'cpu'], strict: false })
  expect(providersOf(null, undefined)).toEqual({ order: ['cpu'], strict: false })
  expect(providersOf('cpu', 'CUDA, cpu')).toEqual({ order: ['cuda', 'cpu'], strict: false })
  expect(providersOf('cpu', 'cuda')).toEqual({ order: ['cuda'], strict: true })
  expect(failureOf(() => providersOf('cpu', 'abacus')).code).toBe('usage')
})
