import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { memoryBroker } from '../../../services/brokers/memory/memory.ts'
import { ownTopology, threadLauncher } from '../../support/own-operators.ts'
import { runLines } from '../../support/pipelines.ts'

const folder = mkdtempSync(join(tmpdir(), 'millrace-outage-'))
const flag = join(folder, 'broken')

beforeEach(() => writeFileSync(flag, ''))
afterEach(() => rmSync(flag, { force: true }))

/** Eight operators, of which the fifth is broken while a file exists. */
function chainOfEight(parameter: 'broken_while' | 'unavailable_while', policy: string): string {
  return `
process:
  - whitespace_normalization_mapper
  - punctuation_normalization_mapper
  - clean_email_mapper: {repl: '<mail>'}
  - text_length_filter: {min_len: 5}
  - ./dangerous.ts: {${parameter}: ${flag}}
  - clean_ip_mapper: {repl: '<ip>'}
  - words_num_filter: {min_num: 2}
  - alphanumeric_filter: {min_ratio: 0.1}
stream:
  name: outage-${Math.random().toString(36).slice(2)}
  partitions: 2
  transaction_bytes: 4KiB
  allow_code: true
  operators:
    dangerous_mapper: {${policy}, breaker: {failures: 3, cool_down: 100ms}}
`
}

const LINES = Array.from({ length: 300 }, (_, i) => JSON.stringify({ text: `document ${i} of a@b.org at 10.0.0.1` }))

async function run(recipe: string) {
  const broker = memoryBroker()
  const topology = await ownTopology(recipe)
  const outcome = await runLines(broker, topology, LINES, threadLauncher(broker, topology))
  await broker.close()
  return outcome
}

const processed = (mark: string) =>
  LINES.map((_, i) => JSON.stringify({ text: `document ${i} of <mail> at <ip>${mark}` }))

test('with pass_through the other seven do their work on every document, and each tells whom it passed by', async () => {
  const { report, output } = await run(
    chainOfEight('broken_while', 'on_failure: pass_through, on_outage: pass_through'),
  )
  expect(output).toEqual(processed(''))
  expect(report).toMatchObject({ input: 300, output: 300, dead_letters: 0, balanced: true })
  expect(report.operators.map(({ skipped }) => skipped)).toEqual([0, 0, 0, 0, 300, 0, 0, 0])
  expect(report.operators.map(({ in: taken }) => taken)).toEqual(Array(8).fill(300))
})

test('with pause nothing is lost, and work resumes by itself when what the operator needs is back', async () => {
  const running = run(chainOfEight('unavailable_while', 'on_outage: pause'))
  await sleep(1500)
  expect(existsSync(flag)).toBe(true)
  rmSync(flag)
  const { report, output } = await running
  expect(output).toEqual(processed('!'))
  expect(report).toMatchObject({ input: 300, output: 300, dead_letters: 0, balanced: true })
})

test('with dead_letter every document that met the outage is set aside, named after the operator', async () => {
  const { report, fates } = await run(chainOfEight('unavailable_while', 'on_outage: dead_letter'))
  expect(report).toMatchObject({ input: 300, output: 0, dead_letters: 300, balanced: true })
  expect(new Set(fates.map(({ content }) => content))).toEqual(new Set(['4 dangerous_mapper operator_unavailable']))
})
