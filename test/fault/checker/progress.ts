import type { StageView } from './stage-view.ts'
import { type Violation, violation } from './violation.ts'

/** Every stage has come to the end of its input. */
export function progressViolations({ stage, inputs, committed }: StageView): Violation[] {
  const waiting = inputs.filter(({ partition, offset }) => offset >= (committed[partition] ?? 0n))
  const byPartition = Map.groupBy(waiting, ({ partition }) => partition)
  const found = [...byPartition].map(
    ([partition, rest]) => `partition ${partition} stands at ${committed[partition] ?? 'nothing'}, ${rest.length} wait`,
  )
  return violation('I6', `${stage.name} has not come to the end of its input`, found)
}
