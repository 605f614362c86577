import type { Document } from '../../../schemas/document.ts'
import { withAssets } from '../../../topologies/assets.ts'
import type { Failure } from '../../../topologies/failure.ts'
import {
  type Catalog,
  type DatasetOperatorDefinition,
  isOfDataset,
  type OperatorContext,
} from '../../../topologies/operator.ts'
import type { PlannedOperator, Topology } from '../../../topologies/topology.ts'
import type { Outcome } from '../../worker/chain/chain.ts'
import { Passage } from '../../worker/chain/passage.ts'
import { definitionOf } from '../../worker/chain/step.ts'
import { emptyTally } from '../../worker/chain/tally.ts'
import { buildWaitingChain } from '../../worker/chain/waiting.ts'
import { datasetWork, type RowFate } from './dataset-trial.ts'

/** All operators of a recipe in this thread. It takes whole data sets, so that operators of those judge in it, too. */
export interface RecipeChain {
  /** Rejects with what an operator lacks. */
  ready(): Promise<void>
  /** The fates of each document of a data set, in its order. */
  pass(documents: Document[]): Promise<Outcome[][]>
  close(): Promise<void>
}

/** A document on its way, and the place in the data set of the one that it was. */
interface Traveller {
  root: number
  document: Document
}

/** A part of the way; for each that comes to it the fates behind it. */
interface Leg {
  pass(documents: Document[]): Promise<Outcome[][]>
  ready(): Promise<void>
  close(): Promise<void>
}

export interface ChainParts {
  topology: Topology
  catalog: Catalog
  context: OperatorContext
}

/** Builds the operators. Throws Failure for parameters and assets that are wrong. How stages are cut changes no result. */
export function recipeChain(parts: ChainParts): RecipeChain {
  const legs = legsOf(parts)
  return {
    ready: async () => void (await Promise.all(legs.map((leg) => leg.ready()))),
    pass: async (documents) => {
      const ends: Outcome[][] = documents.map(() => [])
      let live: Traveller[] = documents.map((document, root) => ({ root, document }))
      for (const leg of legs) {
        const fates = await leg.pass(live.map(({ document }) => document))
        live = live.flatMap(({ root }, i) => {
          const outcomes = fates[i] ?? []
          ends[root]?.push(...outcomes.filter(({ kind }) => kind !== 'kept'))
          return outcomes.flatMap(({ kind, document }) => (kind === 'kept' ? [{ root, document }] : []))
        })
      }
      for (const { root, document } of live) ends[root]?.push({ kind: 'kept', document, probe: null })
      return ends
    },
    close: async () => void (await Promise.all(legs.map((leg) => leg.close()))),
  }
}

function legsOf(parts: ChainParts): Leg[] {
  const legs: Leg[] = []
  let run: PlannedOperator[] = []
  const endRun = () => {
    if (run.length > 0) legs.push(recordLeg(run, parts))
    run = []
  }
  for (const operator of parts.topology.stages.flatMap(({ operators }) => operators)) {
    const definition = definitionOf(operator, parts.catalog)
    if (isOfDataset(definition)) {
      endRun()
      legs.push(datasetLeg(definition, operator, parts))
    } else run.push(operator)
  }
  endRun()
  return legs
}

function recordLeg(operators: PlannedOperator[], { topology, catalog, context }: ChainParts): Leg {
  const chain = buildWaitingChain({ operators, textKey: topology.textKey }, catalog, context)
  const { operators: tallies } = emptyTally(operators)
  return { ready: chain.ready, pass: (documents) => chain.pass(documents, tallies), close: chain.close }
}

function datasetLeg(
  definition: DatasetOperatorDefinition,
  operator: PlannedOperator,
  { topology, context }: ChainParts,
): Leg {
  const work = datasetWork(definition, withAssets(operator.parameters, context.assets), context)
  return {
    ready: async () => undefined,
    pass: async (documents) => {
      const rows = documents.map((document, line) => {
        const passage = new Passage(document, topology.textKey)
        return { line, passage, subject: passage.subject(operator.textKey) }
      })
      return work(rows).map((fate, i) => outcomesOf(fate, operator, documents[i] as Document)) // one fate for each
    },
    close: async () => undefined,
  }
}

function outcomesOf(fate: RowFate, operator: PlannedOperator, document: Document): Outcome[] {
  if ('kept' in fate) return fate.kept.map((kept) => ({ kind: 'kept', document: kept, probe: null }))
  if ('dropped' in fate) return [{ kind: 'rejected', document, operator, reason: fate.dropped, original: null }]
  return [failed(fate, operator, document)]
}

/** What the recipe says of a document on which the operator fails. */
function failed(failure: Failure, operator: PlannedOperator, document: Document): Outcome {
  if (operator.onFailure === 'pass_through') return { kind: 'kept', document, probe: null }
  if (operator.onFailure === 'drop') return { kind: 'rejected', document, operator, reason: 'failed', original: null }
  return { kind: 'failed', document, operator, failure }
}
