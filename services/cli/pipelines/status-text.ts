import type { Topology } from '../../../topologies/topology.ts'
import { operatorAccounts } from '../../pipeline/account.ts'
import type { PipelineState } from '../supervision/state.ts'
import { count, counted } from '../terminal/numbers.ts'
import { table } from '../terminal/table.ts'
import { shortened } from '../terminal/visible-text.ts'
import type { Reading } from './ledger-watch.ts'

/** A pipeline at one moment: who runs it, and what its topics say. */
export interface PipelineStatus {
  pipeline: string
  broker: string
  topology: Topology
  /** What its supervisor here wrote down; null when none does. */
  state: PipelineState | null
  /** Whether that supervisor still runs. */
  running: boolean
  reading: Reading
}

/** The status as plain data: what `status --json` prints. */
export function statusData({ pipeline, broker, topology, state, running, reading }: PipelineStatus): object {
  const { lag, totals, stages, rates, underWay, balanced, letters, foreign } = reading
  return {
    pipeline,
    running,
    pid: running ? state?.pid : null,
    started: state?.started ?? null,
    failure: state?.failure ?? null,
    broker,
    recipe: topology.recipe,
    services: state?.services ?? [],
    stages: stages.map(({ stage, documents, output, rejected, dead_letters, checkpoints }, at) => ({
      name: stage,
      documents,
      output,
      rejected,
      dead_letters,
      checkpoints,
      lag: lag[at]?.total ?? 0,
      lag_per_partition: lag[at]?.partitions ?? [],
      documents_per_second: rates[at]?.documents ?? 0,
    })),
    operators: operatorAccounts(stages),
    account: { ...totals, under_way: underWay, balanced },
    letters,
    foreign_entries: foreign,
  }
}

/** The status for people. */
export function statusText(status: PipelineStatus): string {
  const { pipeline, broker, topology, state, running, reading } = status
  const lines = [
    `${pipeline} on ${broker}, recipe ${topology.recipe}: ${runningText(state, running)}`,
    '',
    ...stageTable(status),
    ...reasons(state, running),
    '',
    ...accountLines(reading),
  ]
  return `${lines.join('\n')}\n`
}

function runningText(state: PipelineState | null, running: boolean): string {
  if (!state) return 'not up on this machine'
  if (running) return `up since ${state.started} (supervisor ${state.pid})`
  if (state.failure) return `gave up: ${state.failure.message}`
  return `not up: its supervisor ${state.pid} is gone without a word`
}

function stageTable({ topology, state, running, reading }: PipelineStatus): string[] {
  const columns = [
    { head: 'stage' },
    { head: 'services' },
    { head: 'lag', right: true },
    { head: 'docs/s', right: true },
    { head: 'in', right: true },
    { head: 'out', right: true },
    { head: 'rejected', right: true },
    { head: 'dead letters', right: true },
  ]
  const rows = topology.stages.map(({ name }, at) => {
    const account = reading.stages[at]
    const numbers = [account?.documents, account?.output, account?.rejected, account?.dead_letters].map((n) =>
      count(n ?? 0),
    )
    return [
      name,
      servicesText(name, running ? state : null),
      count(reading.lag[at]?.total ?? 0),
      count(Math.round(reading.rates[at]?.documents ?? 0)),
      ...numbers,
    ]
  })
  return table(columns, rows)
}

/** `2 ready`, `1 ready, 1 restarting`, or a dash. */
function servicesText(stage: string, state: PipelineState | null): string {
  const counts = new Map<string, number>()
  for (const service of state?.services ?? []) {
    if (service.stage === stage) counts.set(service.state, (counts.get(service.state) ?? 0) + 1)
  }
  return counts.size === 0 ? '-' : [...counts].map(([name, n]) => `${n} ${name}`).join(', ')
}

function reasons(state: PipelineState | null, running: boolean): string[] {
  const troubled = running ? (state?.services ?? []).filter(({ restarts }) => restarts > 0) : []
  return troubled.map(
    ({ stage, replica, restarts, reason }) =>
      `  ${stage}-${replica} was started again ${counted(restarts, 'time')}; last because: ${shortened(reason ?? 'unknown', 200)}`,
  )
}

function accountLines({ totals, underWay, balanced, letters, foreign }: Reading): string[] {
  const parts = [
    `${count(totals.output)} refined`,
    `${count(totals.rejected)} rejected`,
    counted(totals.dead_letters, 'dead letter'),
  ]
  if (totals.duplicates) parts.push(counted(totals.duplicates, 'duplicate'))
  if (totals.merged) parts.push(`${count(totals.merged)} merged`)
  if (underWay) parts.push(`${count(underWay)} under way`)
  const input = [`${count(totals.input)} in`]
  if (totals.replayed) input.push(`${count(totals.replayed)} replayed`)
  if (totals.split) input.push(`${count(totals.split)} split`)
  const verdict =
    balanced === false
      ? 'THE LEDGER DOES NOT BALANCE: this is a bug or a foreign writer on the topics.'
      : balanced
        ? 'The ledger balances.'
        : 'Documents are under way; the ledger balances when they have arrived.'
  const others =
    foreign > 0
      ? [`  ${count(foreign)} entries of the ledger belong to stages of another plan and are not counted here.`]
      : []
  return [`  ${input.join(' + ')} = ${parts.join(' + ')}`, `  ${verdict}`, ...lettersLine(letters), ...others]
}

/** Nothing to say while nobody has settled any: the account has how many failed. */
function lettersLine({ replayed, discarded, outstanding }: Reading['letters']): string[] {
  if (replayed + discarded === 0) return []
  const settled = [
    ...(replayed ? [`${count(replayed)} replayed`] : []),
    ...(discarded ? [`${count(discarded)} discarded`] : []),
  ]
  return [`  Of all dead letters ${settled.join(', ')}; ${count(outstanding)} outstanding.`]
}
