import { parseArgs } from 'node:util'
import { z } from 'zod'
import { assetDirectory } from '../../services/assets/directory.ts'
import { operatorTrial, readParameters } from '../../services/cli/trial/operator-trial.ts'
import { catalog } from '../../services/operators/catalog.ts'
import { classify } from '../../topologies/failure.ts'
import type { OperatorDefinition } from '../../topologies/operator.ts'
import { commonParameters } from '../../topologies/parameters.ts'
import { random } from '../support/random.ts'
import { differenceOf, type Sample, type Verdict } from '../support/vectors.ts'
import { hostileText, someParameters } from './grammar.ts'
import { assets, theirs } from './oracle.ts'

/**
 * Holds operators against Data-Juicer itself on random parameters and hostile texts, and shrinks what differs.
 *   MILLRACE_ORACLE=PROGRAM MILLRACE_ASSETS=DIR node test/differential/fuzz.ts [OPERATOR…] [--minutes N] [--seed N]
 * The oracle is called as for infra/vectors/record.mjs. Ends with 1 when something differed.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { minutes: { type: 'string', default: '10' }, seed: { type: 'string', default: '1' } },
})
/** Samples of one call: the oracle takes seconds to start. */
const SAMPLES = 400
const next = random(Number(values.seed))

interface Trial {
  operator: OperatorDefinition
  parameters: Record<string, unknown>
}

interface Difference extends Trial {
  text: string
  what: string
}

/** Ours, or null where we refuse the parameters: what Data-Juicer makes of those is not compared. */
function ours({ operator, parameters }: Trial): ((sample: Sample) => Verdict) | null {
  try {
    const checked = readParameters(operator, JSON.stringify(parameters))
    const trial = operatorTrial(operator, checked, {
      catalog,
      context: assetDirectory(assets, { files: true }),
      maxDepth: 512,
    })
    return (sample) => JSON.parse(trial(Buffer.from(JSON.stringify(sample))).toString())
  } catch (thrown) {
    if (['parameters_invalid', 'asset_missing'].includes(classify(thrown).code)) return null
    throw thrown
  }
}

/** The differences among these texts, by their place. */
function differing(trial: Trial, texts: string[]): Difference[] {
  const run = ours(trial)
  if (!run) return []
  const samples = texts.map((text) => ({ text }))
  return theirs(trial.operator.name, trial.parameters, samples).flatMap((expected, i) => {
    const text = texts[i] ?? ''
    const what = differenceOf(run({ text }), expected)
    return what === null ? [] : [{ ...trial, text, what }]
  })
}

/** Ever shorter texts that still differ: all halves, quarters … taken out at once, in one call of the oracle. */
function shrunk(found: Difference): Difference {
  let least = found
  for (let parts = 2; parts <= Math.max(2, [...least.text].length); ) {
    const smaller = differing(least, withoutParts(least.text, parts)).sort((a, b) => a.text.length - b.text.length)[0]
    if (smaller) least = smaller
    else parts *= 2
    if (parts > 64 || Date.now() >= end) break
  }
  return least
}

function withoutParts(text: string, parts: number): string[] {
  const characters = [...text]
  const size = Math.ceil(characters.length / parts)
  return Array.from({ length: parts }, (_, i) =>
    [...characters.slice(0, i * size), ...characters.slice((i + 1) * size)].join(''),
  )
}

function ownProperties(operator: OperatorDefinition): Parameters<typeof someParameters>[1] {
  const { properties = {} } = z.toJSONSchema(operator.parameters, { io: 'input', unrepresentable: 'any' })
  const own = Object.entries(properties).filter(
    ([name]) => !(name in commonParameters.shape) && name !== 'stats_export_path',
  )
  return Object.fromEntries(own) as Parameters<typeof someParameters>[1] // zod writes no other kind of property here
}

/** They draw at random, which only an oracle that is seeded as infra/vectors/record.mjs says can be held against. */
const SEEDED = ['nlpaug_en_mapper', 'nlpcda_zh_mapper']
const operators = [...catalog.values()].filter(({ name, origin, on }) => {
  if (positionals.length > 0) return positionals.includes(name)
  return origin === undefined && (on === 'text' || on === 'sample') && !SEEDED.includes(name)
})
const end = Date.now() + Number(values.minutes) * 60_000
const seen = new Map<string, { compared: number; refused: number; different: number }>()
while (Date.now() < end) {
  for (const operator of operators) {
    if (Date.now() >= end) break
    const count = seen.get(operator.name) ?? { compared: 0, refused: 0, different: 0 }
    seen.set(operator.name, count)
    const trial = { operator, parameters: someParameters(next, ownProperties(operator)) }
    if (!ours(trial)) {
      count.refused++
      continue
    }
    const [first, ...others] = differing(
      trial,
      Array.from({ length: SAMPLES }, () => hostileText(next)),
    )
    count.compared += SAMPLES
    if (!first) continue
    count.different += 1 + others.length
    const { text, what } = shrunk(first)
    console.log(`${operator.name} ${JSON.stringify(trial.parameters)} ${JSON.stringify(text)}: ${what.slice(0, 300)}`)
  }
}
console.table(Object.fromEntries(seen))
process.exitCode = [...seen.values()].some(({ different }) => different > 0) ? 1 : 0
