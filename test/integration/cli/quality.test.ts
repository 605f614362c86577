import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { millrace, scratchDirectory } from '../../support/command-line.ts'

const directory = scratchDirectory()
const GOOD = 'The mill stands by the river, and its wheel turns slowly through the long summer evenings of the valley'
const BAD = 'buy now click here free offer cheap cheap winner casino bonus click click subscribe today limited deal'

/** Lines of a few words each of one text, always the same. */
function lines(text: string, count: number): string {
  const words = text.split(' ')
  return Array.from({ length: count }, (_, i) => {
    const chosen = words.filter((_word, place) => (i * 7 + place * 3) % 5 < 3)
    return `${JSON.stringify({ id: i, text: chosen.join(' ') })}\n`
  }).join('')
}

beforeAll(async () => {
  writeFileSync(join(directory, 'good.jsonl'), lines(GOOD, 60))
  writeFileSync(join(directory, 'bad.jsonl'), lines(BAD, 60))
  const args = ['--positive', 'good.jsonl', '--negative', 'bad.jsonl', '--output', 'quality.onnx', '--version', 'mine']
  const trained = await millrace(['quality', 'train', ...args, '--json'], { directory })
  expect(trained.stderr).toBe('')
  expect(trained.code).toBe(0)
})

describe('a classifier of quality', () => {
  test('is tested on texts that it has not learned from', async () => {
    const args = ['--model', './quality.onnx', '--positive', 'good.jsonl', '--negative', 'bad.jsonl', '--json']
    const { code, stdout } = await millrace(['quality', 'evaluate', ...args], { directory })
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ precision: 1, recall: 1 })
  })

  test('scores documents and says which to keep, and leaves the rest of them as it was', async () => {
    const input = `${JSON.stringify({ text: GOOD, id: 'a' })}\n${JSON.stringify({ text: BAD, id: 'b' })}\n`
    const args = ['--model', './quality.onnx', '--input', '-', '--output', '-']
    const { code, stdout } = await millrace(['quality', 'predict', ...args], { directory, input })
    expect(code).toBe(0)
    const scored = stdout
      .trim()
      .split('\n')
      .map((line): { id: string; should_keep: unknown; doc_score: number } => JSON.parse(line))
    expect(scored.map(({ id, should_keep: keep }) => [id, Number(keep)])).toEqual([
      ['a', 1],
      ['b', 0],
    ])
    expect(scored[0]?.doc_score).toBeGreaterThan(0.5)
    expect(scored[1]?.doc_score).toBeLessThan(0.5)
  })

  test('is an operator of recipes, and each score names the model', async () => {
    const recipe = 'keep_stats_in_res_ds: true\nprocess: [{quality_classifier_filter: {}}]\n'
    writeFileSync(join(directory, 'recipe.yaml'), recipe)
    writeFileSync(join(directory, 'in.jsonl'), `${JSON.stringify({ text: GOOD })}\n${JSON.stringify({ text: BAD })}\n`)
    const args = ['recipe.yaml', '--broker', 'memory', '--assets', '.', '--input', 'in.jsonl', '--output', 'out.jsonl']
    const { code, stderr } = await millrace(['run', ...args], { directory })
    expect([code, stderr]).toEqual([0, expect.anything()])
    const kept = readFileSync(join(directory, 'out.jsonl'), 'utf8').trim().split('\n')
    expect(kept).toHaveLength(1)
    const stats = JSON.parse(kept[0] ?? '').__dj__stats__
    expect(stats.doc_score).toBeGreaterThan(0.5)
    expect(stats.doc_score_model).toContain('mine')
  })

  test('that is no model is refused by name', async () => {
    writeFileSync(join(directory, 'broken.onnx'), 'no model')
    const args = ['--model', './broken.onnx', '--input', 'good.jsonl', '--output', '-']
    const { code, stderr } = await millrace(['quality', 'predict', ...args], { directory })
    expect(code).toBe(2)
    expect(stderr).toContain('broken.onnx')
  })
})
