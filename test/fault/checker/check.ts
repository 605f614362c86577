import type { Codec } from '../../../schemas/codec.ts'
import { fateViolations, feedViolations, orderViolations } from './fates.ts'
import { ledgerViolations } from './ledger.ts'
import { letterViolations } from './letters.ts'
import type { PipelineLog } from './pipeline-log.ts'
import { progressViolations } from './progress.ts'
import { stageViews } from './stage-view.ts'
import type { Violation } from './violation.ts'

/** Holds a pipeline's log, read when nothing moves any more, against all that one log can show. */
export function check(log: PipelineLog, codec: Codec): Violation[] {
  const byStage = stageViews(log, codec).flatMap((view) => [
    ...fateViolations(view),
    ...orderViolations(view),
    ...ledgerViolations(view),
    ...progressViolations(view),
  ])
  return [...feedViolations(log), ...byStage, ...letterViolations(log, codec)]
}
