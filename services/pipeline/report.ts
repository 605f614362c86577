import type { Topology } from '../../topologies/topology.ts'
import { balances, operatorAccounts, type StageAccount, type Totals, totalsOf } from './account.ts'

/** The closing report of a run: what `run --json` prints. Its names are relied on from outside. */
export interface Report extends Totals {
  run: string
  pipeline: string
  recipe: string
  broker: string
  seconds: number
  balanced: boolean
  operators: {
    name: string
    in: number
    kept: number
    dropped: Record<string, number>
    failed: number
    skipped: number
    seconds: number
  }[]
  stages: {
    name: string
    documents: number
    output: number
    rejected: number
    dead_letters: number
    checkpoints: number
    bytes_in: number
    bytes_out: number
  }[]
  topics: Topology['topics']
  output_path: string | null
}

export interface ReportFacts {
  run: string
  broker: string
  seconds: number
  /** Records that were fed, and documents that were written to the output (null when there is no output): both must agree with the ledger. */
  fed: number
  exported: number | null
  outputPath: string | null
}

/** Sums the stages' accounts and holds them against what went in and what came out. */
export function reportOf(topology: Topology, stages: StageAccount[], facts: ReportFacts): Report {
  const totals = totalsOf(stages)
  const agrees = totals.input === facts.fed && (facts.exported === null || facts.exported === totals.output)
  const operators = operatorAccounts(stages)
  return {
    run: facts.run,
    pipeline: topology.pipeline,
    recipe: topology.recipe,
    broker: facts.broker,
    seconds: Math.round(facts.seconds * 1000) / 1000,
    ...totals,
    balanced: balances(totals) && agrees,
    operators: operators.map(({ index: _index, ...operator }) => operator),
    stages: stages.map((stage) => ({
      name: stage.stage,
      documents: stage.documents,
      output: stage.output,
      rejected: stage.rejected,
      dead_letters: stage.dead_letters,
      checkpoints: stage.checkpoints,
      bytes_in: stage.bytes_in,
      bytes_out: stage.bytes_out,
    })),
    topics: topology.topics,
    output_path: facts.outputPath,
  }
}
