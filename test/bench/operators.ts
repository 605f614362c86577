import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isOfDataset, type OperatorDefinition } from '../../topologies/operator.ts'
import { median } from './line.ts'
import { measurable, operatorRun, sampleOf } from './operator-cost.ts'
import { type Setting, settingOf } from './samples/settings.ts'
import { type Line, samplesOf } from './samples/sources.ts'

/**
 * What each operator costs alone and in memory, in milliseconds of CPU for a megabyte of JSON lines, beside Data-Juicer.
 *   node test/bench/operators.ts [OPERATOR…]
 *   MILLRACE_BENCH_CORPUS         a directory of JSON lines; texts made of the addresses of the quickstart when not given
 *   MILLRACE_BENCH_PEER_OPERATOR  a command that measures Data-Juicer in memory and writes {"cpu_seconds": number} to FILE:
 *                                 PEER OPERATOR --params JSON --assets DIR --timing FILE INPUT
 *   MILLRACE_ASSETS               the assets of both
 * Fields that an operator asks for are parsed within our time; a peer gets them parsed. Three agent operators do little else and
 * stay behind: JSON.parse of their lines alone takes 0.8 ms a megabyte, more than Data-Juicer is clocked with (0.5 to 0.8).
 */
const MEGABYTES = 4
const LEAST_RUNS = 5
const LEAST_SECONDS = 1
/** Data-Juicer's milliseconds from which on an operator must be many times cheaper; below, it must not be dearer. */
const DEAR = 20
const TIMES = 10
/** Operators whose work is tables that both look up. */
const FEWER_TIMES = new Map([
  ['chinese_convert_mapper', 5],
  ['fix_unicode_mapper', 5],
  ['pii_redaction_mapper', 5],
])

const assets = process.env.MILLRACE_ASSETS ?? 'test/support/assets'
const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'))

interface Work {
  definition: OperatorDefinition
  setting: Setting
  lines: Line[]
  megabytes: number
}

function workOf(definition: OperatorDefinition): Work {
  const setting = settingOf(definition.name)
  const lines = samplesOf(setting.kind, MEGABYTES, process.env.MILLRACE_BENCH_CORPUS).map((line) => ({
    ...line,
    ...setting.fields,
  }))
  return {
    definition,
    setting,
    lines,
    megabytes: Buffer.byteLength(lines.map((line) => JSON.stringify(line)).join()) / 1e6,
  }
}

function ours({ definition, setting, lines, megabytes }: Work): number {
  const run = operatorRun(definition, setting.parameters, assets)
  const samples = lines.map(sampleOf)
  const seconds: number[] = []
  run(samples)
  for (let sum = 0; seconds.length < LEAST_RUNS || sum < LEAST_SECONDS; sum += seconds.at(-1) ?? 0)
    seconds.push(run(samples).seconds)
  return (median(seconds) * 1000) / megabytes
}

function theirs({ definition, setting, lines, megabytes }: Work): number | null {
  const peer = process.env.MILLRACE_BENCH_PEER_OPERATOR
  // of an operator of whole data sets the bench takes what it does with each document, which Data-Juicer does not do alone
  if (!peer || definition.origin !== undefined || isOfDataset(definition)) return null
  const input = join(folder, 'input.jsonl')
  const timing = join(folder, 'timing.json')
  writeFileSync(input, lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  const parameters = JSON.stringify(setting.parameters)
  const args = [definition.name, '--params', parameters, '--assets', assets, '--timing', timing, input]
  const { status } = spawnSync(peer, args, { stdio: ['ignore', 'ignore', 'ignore'] })
  if (status !== 0) return null
  const { cpu_seconds }: { cpu_seconds: number } = JSON.parse(readFileSync(timing, 'utf8'))
  return (cpu_seconds * 1000) / megabytes
}

function barOf(operator: string, milliseconds: number): number {
  return milliseconds <= DEAR ? 1 : (FEWER_TIMES.get(operator) ?? TIMES)
}

function row(definition: OperatorDefinition): Record<string, unknown> {
  const work = workOf(definition)
  const [mine, peers] = [ours(work), theirs(work)]
  const shown = { samples: work.setting.kind, 'ours, ms/MB': Number(mine.toFixed(2)) }
  if (peers === null) return { ...shown, 'Data-Juicer, ms/MB': 'not measured' }
  const bar = barOf(definition.name, peers)
  const times = peers / mine
  const judged = { times: Number(times.toFixed(1)), bar, '': times >= bar ? 'ok' : 'MISSED' }
  return { ...shown, 'Data-Juicer, ms/MB': Number(peers.toFixed(2)), ...judged }
}

const named = process.argv.slice(2)
const measured = measurable().filter(({ name }) => named.length === 0 || named.includes(name))
const rows: Record<string, Record<string, unknown>> = {}
for (const definition of measured) {
  rows[definition.name] = row(definition)
  process.stderr.write(`${definition.name} ${JSON.stringify(rows[definition.name])}\n`)
}
console.table(rows)
