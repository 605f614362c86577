import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { FailureCode } from '../../topologies/failure.ts'
import type { Stage } from '../../topologies/topology.ts'
import type { BatchTally } from './chain/tally.ts'

/** Prometheus counters of one stage, filled from the same tallies as the ledger. */
export interface StageMetrics {
  committed(partition: number, tally: BatchTally, lag: bigint): void
  restarted(partition: number, code: FailureCode): void
  /** Offsets of the input whose records were gone before they were read. */
  expired(partition: number, offsets: bigint): void
  /** The exposition text and its content type. */
  exposition(): Promise<{ type: string; text: string }>
}

export function stageMetrics(pipeline: string, stage: Stage): StageMetrics {
  const registry = new Registry()
  registry.setDefaultLabels({ pipeline, stage: stage.name })
  collectDefaultMetrics({ register: registry })
  const counter = (name: string, help: string, labelNames: string[] = []) =>
    new Counter({ name: `millrace_${name}`, help, labelNames, registers: [registry] })
  const documents = counter('documents_total', 'Documents by what became of them in this stage.', ['outcome'])
  const operators = counter('operator_documents_total', 'Documents by operator and what it did with them.', [
    'operator',
    'outcome',
  ])
  const seconds = counter('operator_seconds_total', 'Seconds spent in an operator.', ['operator'])
  const bytes = counter('bytes_total', 'Bytes of record values in and out.', ['direction'])
  const commits = counter('checkpoints_total', 'Transactions committed.')
  const restarts = counter('restarts_total', 'Times a partition started over from its committed offset.', ['code'])
  const expired = counter(
    'expired_records_total',
    'Offsets of the input that were passed over because their records had expired.',
    ['partition'],
  )
  const lag = new Gauge({
    name: 'millrace_lag_records',
    help: 'Records between the committed offset and the end of the partition.',
    labelNames: ['partition'],
    registers: [registry],
  })
  return {
    committed(partition, tally, behind) {
      commits.inc()
      lag.set({ partition: String(partition) }, Number(behind))
      for (const outcome of ['output', 'rejected', 'dead_letters', 'duplicates'] as const)
        documents.inc({ outcome }, tally[outcome])
      bytes.inc({ direction: 'in' }, tally.bytes_in)
      bytes.inc({ direction: 'out' }, tally.bytes_out)
      for (const operator of tally.operators) {
        const label = `${operator.index}_${operator.name}`
        seconds.inc({ operator: label }, operator.seconds)
        operators.inc({ operator: label, outcome: 'kept' }, operator.kept)
        operators.inc({ operator: label, outcome: 'failed' }, operator.failed)
        operators.inc({ operator: label, outcome: 'skipped' }, operator.skipped)
        for (const reason in operator.dropped)
          operators.inc({ operator: label, outcome: `dropped_${reason}` }, operator.dropped[reason])
      }
    },
    restarted: (_partition, code) => restarts.inc({ code }),
    expired: (partition, offsets) => expired.inc({ partition: String(partition) }, Number(offsets)),
    exposition: async () => ({ type: registry.contentType, text: await registry.metrics() }),
  }
}
