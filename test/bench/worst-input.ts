import { parseArgs } from 'node:util'
import type { OperatorDefinition } from '../../topologies/operator.ts'
import { randomWorstTexts, type WorstText, worstTexts } from '../support/worst-texts.ts'
import { measurable, operatorRun, type Run, sampleOf } from './operator-cost.ts'
import { fieldsAround, type Setting, settingOf } from './samples/settings.ts'
import { samplesOf } from './samples/sources.ts'

/**
 * How much dearer than usual operators are on texts that are made to be dear: the cost for each megabyte, beside that of usual
 * samples, and how it grows with the length (1 is linear, 2 quadratic). Ends with 1 when an operator is above the bar.
 *   node test/bench/worst-input.ts [OPERATOR…] [--search COUNT] [--seed N] [--show N]
 * --search tries as many more texts, put together at random.
 *   MILLRACE_BENCH_CORPUS, MILLRACE_ASSETS   as for test/bench/operators.ts
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    search: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
    show: { type: 'string', default: '1' },
  },
})
const BAR = 50
/** What is usual is taken for at least so many milliseconds for each megabyte: decoding and encoding alone cost more. */
const LEAST_USUAL = 1
/** Seconds of a text of the smallest size above which larger ones are not waited for. */
const PATIENCE = 2
const SIZES = [2 ** 16, 2 ** 18, 2 ** 20] as const
/** So many of the texts that are dearest at the second size are tried at the third. */
const FINALISTS = 4
const USUAL_MEGABYTES = 2

const assets = process.env.MILLRACE_ASSETS ?? 'test/support/assets'
const texts = [...worstTexts(), ...randomWorstTexts(Number(values.search), Number(values.seed))]

/** What a text costs at a size, in seconds for each megabyte. */
interface Cost {
  title: string
  make: WorstText['make']
  size: number
  each: number
  growth: number
}

function usual(run: Run, setting: Setting): number {
  const lines = samplesOf(setting.kind, USUAL_MEGABYTES, process.env.MILLRACE_BENCH_CORPUS)
  const samples = lines.map((line) => sampleOf({ ...line, ...setting.fields }))
  const megabytes = Buffer.byteLength(JSON.stringify(lines)) / 1e6
  run(samples)
  return Math.min(...[1, 2, 3].map(() => run(samples).seconds)) / megabytes
}

/** The better of two runs, the second only where the first was not slow. What makes much of little is measured by what it makes. */
function cost(run: Run, setting: Setting, text: string): number {
  const line = JSON.stringify({ text, ...fieldsAround(text, setting) })
  const samples = [sampleOf(JSON.parse(line))]
  const { seconds, made } = run(samples)
  const least = seconds > 1 ? seconds : Math.min(seconds, run(samples).seconds)
  return (least * 1e6) / Math.max(Buffer.byteLength(line), made)
}

function grown(run: Run, setting: Setting, before: Cost, size: number): Cost {
  if (before.each * (before.size / 1e6) > PATIENCE) return before
  const each = cost(run, setting, before.make(size))
  const growth = 1 + Math.log(each / before.each) / Math.log(size / before.size)
  return { ...before, size, each, growth }
}

function dearest(costs: Cost[], count: number): Cost[] {
  return costs.sort((a, b) => b.each - a.each).slice(0, count)
}

function judge(definition: OperatorDefinition): Record<string, unknown>[] {
  const setting = settingOf(definition.name)
  const run = operatorRun(definition, setting.parameters, assets)
  const normal = Math.max(usual(run, setting), LEAST_USUAL / 1000)
  const [small, middle, large] = SIZES
  const first = texts.map(({ title, make }) => ({
    title,
    make,
    size: small,
    each: cost(run, setting, make(small)),
    growth: 1,
  }))
  const second = first.map((before) => grown(run, setting, before, middle))
  const last = dearest(second, FINALISTS).map((before) => grown(run, setting, before, large))
  return dearest(last, Number(values.show)).map(({ title, size, each, growth }) => ({
    operator: definition.name,
    'usual, ms/MB': Number((normal * 1000).toFixed(2)),
    'worst, ms/MB': Number((each * 1000).toFixed(1)),
    times: Number((each / normal).toFixed(1)),
    growth: Number(growth.toFixed(2)),
    KiB: size / 1024,
    text: title.length > 60 ? `${title.slice(0, 60)}…` : title,
    '': each / normal <= BAR ? 'ok' : 'ABOVE',
  }))
}

const measured = measurable().filter(({ name }) => positionals.length === 0 || positionals.includes(name))
const rows = measured.flatMap((definition) => {
  const judged = judge(definition)
  for (const row of judged) process.stderr.write(`${JSON.stringify(row)}\n`)
  return judged
})
console.table(rows)
process.exitCode = rows.some((row) => row[''] === 'ABOVE') ? 1 : 0
