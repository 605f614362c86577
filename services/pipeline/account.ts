import type { LedgerEntry, OperatorTally } from '../../schemas/ledger.ts'
import { operatorsOf, type Stage, type Topology } from '../../topologies/topology.ts'

/** What of a ledger entry adds up. */
const SUMMED = [
  'documents',
  'output',
  'rejected',
  'duplicates',
  'dead_letters',
  'split',
  'merged',
  'repaired',
  'bytes_in',
  'bytes_out',
  'replayed',
] as const

type Sums = Record<(typeof SUMMED)[number], number>

/** The sums of one stage's ledger entries. */
export interface StageAccount extends Sums {
  stage: string
  checkpoints: number
  operators: Map<number, OperatorTally>
  /** Partitions whose end marker of the run has passed. */
  ended: Set<number>
}

/** The account of a run: every ledger entry that belongs to it, summed by stage. */
export class Account {
  readonly #run: string | null
  readonly #stages: Map<string, StageAccount>

  /** @param run the run whose end markers count, or null when there is none (status) */
  constructor(topology: Topology, run: string | null) {
    this.#run = run
    this.#stages = new Map(topology.stages.map((stage) => [stage.name, emptyAccount(stage)]))
  }

  /** Adds an entry; one of a stage that the topology does not have is left out. */
  add(entry: LedgerEntry): void {
    const account = this.#stages.get(entry.stage)
    if (!account) return
    for (const key of SUMMED) account[key] += entry[key]
    account.checkpoints++
    if (this.#run !== null && entry.ended.includes(this.#run)) account.ended.add(entry.partition)
    for (const operator of entry.operators) addOperator(account.operators, operator)
  }

  stages(): StageAccount[] {
    return [...this.#stages.values()]
  }

  /** True when the last stage has passed the run's end marker on this many partitions. */
  ended(partitions: number): boolean {
    return (this.stages().at(-1)?.ended.size ?? 0) >= partitions
  }
}

/** The equation of the ledger over the whole line. `replayed` are dead letters that came in once more: they are no input. */
export interface Totals extends Omit<Sums, 'documents' | 'bytes_out'> {
  input: number
}

/** Input of the first stage, output of the last, and everything that left the line in between. */
export function totalsOf(stages: StageAccount[]): Totals {
  const sum = (key: (typeof SUMMED)[number]) => stages.reduce((total, stage) => total + stage[key], 0)
  const first = stages[0]
  return {
    input: (first?.documents ?? 0) - (first?.replayed ?? 0),
    replayed: first?.replayed ?? 0,
    output: stages.at(-1)?.output ?? 0,
    rejected: sum('rejected'),
    duplicates: sum('duplicates'),
    dead_letters: sum('dead_letters'),
    split: sum('split'),
    merged: sum('merged'),
    repaired: first?.repaired ?? 0,
    bytes_in: first?.bytes_in ?? 0,
  }
}

/** input + replayed + split = output + rejected + duplicates + dead letters + merged. */
export function balances(totals: Totals): boolean {
  return underWay(totals) === 0
}

/** What went in and has come out nowhere yet. */
export function underWay(totals: Totals): number {
  const gone = totals.output + totals.rejected + totals.duplicates + totals.dead_letters + totals.merged
  return totals.input + totals.replayed + totals.split - gone
}

function emptyAccount(stage: Stage): StageAccount {
  const operators = operatorsOf(stage).map(({ index, name }): [number, OperatorTally] => [
    index,
    { index, name, in: 0, kept: 0, dropped: {}, failed: 0, skipped: 0, seconds: 0 },
  ])
  const zeros = {
    documents: 0,
    output: 0,
    rejected: 0,
    duplicates: 0,
    dead_letters: 0,
    split: 0,
    merged: 0,
    repaired: 0,
    bytes_in: 0,
    bytes_out: 0,
    replayed: 0,
  }
  return { stage: stage.name, ...zeros, checkpoints: 0, operators: new Map(operators), ended: new Set() }
}

/** The accounts of all operators in their order. One of the whole data set may act in two stages. */
export function operatorAccounts(stages: StageAccount[]): OperatorTally[] {
  const all = new Map<number, OperatorTally>()
  for (const operator of stages.flatMap(({ operators }) => [...operators.values()])) {
    if (all.has(operator.index)) addOperator(all, operator)
    else all.set(operator.index, { ...operator, dropped: { ...operator.dropped } })
  }
  return [...all.values()].sort((a, b) => a.index - b.index)
}

function addOperator(accounts: Map<number, OperatorTally>, entry: OperatorTally): void {
  const account = accounts.get(entry.index)
  if (!account) return
  for (const key of ['in', 'kept', 'failed', 'skipped', 'seconds'] as const) account[key] += entry[key]
  for (const reason in entry.dropped)
    account.dropped[reason] = (account.dropped[reason] ?? 0) + (entry.dropped[reason] ?? 0)
}
