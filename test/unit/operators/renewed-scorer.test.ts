import { readFileSync } from 'node:fs'
import { afterEach, expect, test, vi } from 'vitest'
import { linearModelFile, readLinearModel } from '../../../services/models/quality/classifier.ts'
import { renewedScorer } from '../../../services/operators/quality/renewed-scorer.ts'

const NAME = 'toxicity.onnx'
const INSULT = 'you are a stupid worthless idiot'
const first = new Uint8Array(readFileSync(`test/support/assets/${NAME}`))

/** The same model with the classes the other way round, as version 2. */
const second = (() => {
  const model = readLinearModel(NAME, first)
  return linearModelFile({ ...model, weights: model.weights.map((x) => -x), bias: -model.bias, version: '2' })
})()

function store(bytes: Uint8Array) {
  const held = { bytes, state: '1' }
  const context = { assets: '', readAsset: () => held.bytes, listAssets: () => [], assetState: () => held.state }
  return { held, scorer: renewedScorer(NAME, context) }
}

afterEach(() => {
  vi.useRealTimers()
})

test('a model that was replaced is taken up, and scores name the new version', () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  const { held, scorer } = store(first)
  const old = scorer.current()
  expect(old.version).toMatch(/^1@[0-9a-f]{12}$/)
  Object.assign(held, { bytes: second, state: '2' })
  expect(scorer.current()).toBe(old)
  vi.advanceTimersByTime(2000)
  const renewed = scorer.current()
  expect(renewed.version).toMatch(/^2@[0-9a-f]{12}$/)
  expect(renewed.score(INSULT)).toBeCloseTo(1 - old.score(INSULT), 12)
})

test('what is no model is not taken up, and the old model goes on', () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
  const { held, scorer } = store(first)
  const old = scorer.current()
  Object.assign(held, { bytes: first.slice(0, 100), state: '2' })
  vi.advanceTimersByTime(2000)
  expect(scorer.current()).toBe(old)
  expect(warned).toHaveBeenCalledOnce()
  warned.mockRestore()
})
