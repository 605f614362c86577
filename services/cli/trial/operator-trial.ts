import type { Document, Stats } from '../../../schemas/document.ts'
import { readSample, writeSample } from '../../../schemas/sample.ts'
import { classify, Failure } from '../../../topologies/failure.ts'
import { nearest } from '../../../topologies/nearest.ts'
import {
  type Catalog,
  NOTHING_LEFT,
  type OperatorContext,
  type OperatorDefinition,
} from '../../../topologies/operator.ts'
import { pathText } from '../../../topologies/recipe/problem.ts'
import { checkParameters } from '../../../topologies/recipe/process.ts'
import type { PlannedOperator } from '../../../topologies/topology.ts'
import { buildChain, type Outcome } from '../../worker/chain/chain.ts'
import { emptyTally } from '../../worker/chain/tally.ts'
import { buildWaitingChain } from '../../worker/chain/waiting.ts'

/** One operator, ready to be tried: a JSON line in, the line that tells its fate out, line feed included. Never throws. */
export type Trial = (line: Uint8Array) => Buffer

export interface TrialParts {
  catalog: Catalog
  context: OperatorContext
  /** Levels of JSON that a sample may nest. */
  maxDepth: number
}

/** The definition of an operator; throws Failure `operator_unknown` with the nearest name. */
export function definitionOf(name: string, catalog: Catalog): OperatorDefinition {
  const definition = catalog.get(name)
  if (definition) return definition
  const near = nearest(name, catalog.keys())
  const cure = near ? `Did you mean ${near}?` : '`millrace operators list` shows them all.'
  throw new Failure('operator_unknown', `There is no operator ${name}. ${cure}`)
}

/** The parameters as they stand behind --params; throws Failure `parameters_invalid` naming what is wrong and the nearest right name. */
export function readParameters(definition: OperatorDefinition, json: string): Record<string, unknown> {
  const checked = checkParameters(definition, parseObject(json))
  if ('parameters' in checked) return checked.parameters
  const mistakes = checked.mistakes.map(({ path, message, hint }) =>
    `${pathText(path)} ${message}.${hint ? ` ${hint}` : ''}`.trim(),
  )
  throw new Failure('parameters_invalid', `The parameters of ${definition.name} are wrong: ${mistakes.join(' ')}`)
}

function parseObject(json: string): object {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch (cause) {
    throw new Failure(
      'parameters_invalid',
      `--params is not JSON: ${classify(cause).message}. It must be an object such as {"min_len": 10}.`,
      { cause },
    )
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  throw new Failure('parameters_invalid', '--params must be a JSON object such as {"min_len": 10}.')
}

/** Builds the operator. Throws Failure for an asset that is missing or wrong. */
export function operatorTrial(
  definition: OperatorDefinition,
  parameters: Record<string, unknown>,
  parts: TrialParts,
): Trial {
  const { plan, shown, read } = trialOf(definition, parameters, parts)
  const chain = buildChain(plan, parts.catalog, parts.context)
  const { operators: tallies } = emptyTally(plan.operators)
  return (line) => {
    try {
      return verdictOf(chain(read(line), tallies), shown)
    } catch (thrown) {
      return failLine(classify(thrown))
    }
  }
}

/** The same for an operator that waits: lines in, as many lines out. */
export interface WaitingTrial {
  lines(lines: Uint8Array[]): Promise<Buffer[]>
  close(): Promise<void>
}

/** Builds an operator of any kind and waits until it can work. Rejects with what it lacks. */
export async function waitingTrial(
  definition: OperatorDefinition,
  parameters: Record<string, unknown>,
  parts: TrialParts,
): Promise<WaitingTrial> {
  const { plan, shown, read } = trialOf(definition, parameters, parts)
  const chain = buildWaitingChain(plan, parts.catalog, parts.context)
  const { operators: tallies } = emptyTally(plan.operators)
  try {
    await chain.ready()
  } catch (thrown) {
    await chain.close()
    throw thrown
  }
  return {
    close: () => chain.close(),
    lines: async (lines) => {
      const documents = lines.map((line) => attempt(() => read(line)))
      const readable = documents.flatMap((document) => (document instanceof Failure ? [] : [document]))
      const fates = (await chain.pass(readable, tallies)).values()
      return documents.map((document) =>
        document instanceof Failure ? failLine(document) : verdictOf(fates.next().value ?? [], shown),
      )
    },
  }
}

function attempt<T>(work: () => T): T | Failure {
  try {
    return work()
  } catch (thrown) {
    return classify(thrown)
  }
}

/** What every trial needs to know: the plan of one operator, what of a verdict is shown, and how a line is read. */
function trialOf(definition: OperatorDefinition, parameters: Record<string, unknown>, { maxDepth }: TrialParts) {
  const ownKey = parameters.text_key
  const textKey = typeof ownKey === 'string' ? ownKey : 'text'
  const operator: PlannedOperator = { index: 0, name: definition.name, parameters, textKey, onFailure: 'dead_letter' }
  // An operator that looks at the whole sample says itself whether it needs a text.
  const options = { textKey, maxDepth, textOptional: definition.on !== 'text' }
  const place = { id: '', source: '', partition: 0, offset: 0n, ordinal: 0n }
  return {
    plan: { operators: [operator], textKey },
    shown: {
      stats: definition.kind === 'filter',
      tags: definition.tags ?? false,
      // Data-Juicer takes an empty group apart without a loss, and says so.
      none: definition.name.endsWith('_grouper'),
    },
    read: (line: Uint8Array): Document => ({ ...readSample(line, options), ...place, skipped: [] }),
  }
}

/** A trial that every line fails, because the operator cannot be built. */
export function failedTrial(failure: Failure): Trial {
  const line = failLine(failure)
  return () => line
}

/** The line of a sample that failed. */
export function failLine({ code, message }: Failure, stats: Stats = {}): Buffer {
  return Buffer.from(
    `{"verdict":"fail","documents":[],"stats":${JSON.stringify(stats)},"error":${JSON.stringify({ code, message })}}\n`,
  )
}

const KEPT = Buffer.from('{"verdict":"keep","documents":[')
const COMMA = Buffer.from(',')

/** The line of samples that are kept. */
export function keepLine(samples: Buffer[], stats: Stats = {}): Buffer {
  const parted = samples.flatMap((sample, at) => (at === 0 ? [sample] : [COMMA, sample]))
  return Buffer.concat([KEPT, ...parted, Buffer.from(`],"stats":${JSON.stringify(stats)}}\n`)])
}

/** The line of a sample that is dropped, with what is known besides. */
export function dropLine(reason: string, known: { [key: string]: number } = {}, stats: Stats = {}): Buffer {
  return Buffer.from(`${JSON.stringify({ verdict: 'drop', reason, ...known, documents: [], stats })}\n`)
}

/** What a verdict shows: stats, tags, and that nothing came of a document without its being dropped. */
interface Shown {
  stats: boolean
  tags: boolean
  none: boolean
}

/** Only parts of a split document are several, and one operator keeps them all. A mapper measures nothing, so it shows no stats. */
function verdictOf(outcomes: Outcome[], shown: Shown): Buffer {
  const [first] = outcomes
  const stats = (shown.stats && first?.document.stats) || {}
  if (first?.kind === 'failed') return failLine(first.failure, stats)
  if (shown.none && first?.kind === 'rejected' && first.reason === NOTHING_LEFT) return keepLine([])
  if (first?.kind === 'rejected') return dropLine(first.reason, {}, stats)
  const samples = outcomes.map(({ document }) => writeSample(document, { dropInternal: true, keepTags: shown.tags }))
  return keepLine(samples, stats)
}
