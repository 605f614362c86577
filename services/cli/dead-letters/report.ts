import type { Topology } from '../../../topologies/topology.ts'
import type { LetterReport } from '../../pipeline/replay/report.ts'
import { count, counted } from '../terminal/numbers.ts'

/** A report and what it is about. */
export interface ReportedLetters {
  pipeline: string
  topics: Topology['topics']
  action: 'replayed' | 'discarded'
  dryRun: boolean
  report: LetterReport
  /** Whether services of the pipeline are up here and take what is replayed. */
  running: boolean
  /** The pipeline as the user named it. */
  named: string
  maxAttempts: number | null
}

/** What `dead-letters replay --json` and `discard --json` print. */
export function reportData({ pipeline, topics, action, dryRun, report }: ReportedLetters): object {
  const { chosen, settled, exhausted, resumed, refused } = report
  return {
    pipeline,
    topic: topics.deadLetters,
    dry_run: dryRun,
    chosen,
    [action]: settled,
    ...(action === 'replayed' ? { to: topics.raw, resumed, exhausted, refused } : {}),
  }
}

export function reportText(reported: ReportedLetters): string {
  const { topics, action, dryRun, report, maxAttempts } = reported
  if (report.chosen === 0) return `${topics.deadLetters}: no outstanding dead letter is chosen.\n`
  const did = `${dryRun ? 'would be ' : ''}${action}`
  const to = action === 'replayed' ? ` to ${topics.raw}` : ''
  const lines = [
    `${topics.deadLetters}: ${counted(report.chosen, 'outstanding dead letter')} chosen, ${count(report.settled)} ${did}${to}`,
    ...report.resumed.map(resumedLine),
    ...(report.exhausted > 0
      ? [
          `  ${count(report.exhausted).padStart(9)}  left: tried ${count(maxAttempts ?? 0)} times or more (--max-attempts, or name them by --id)`,
        ]
      : []),
    ...report.refused.map(
      ({ letters, sentence, ids }) =>
        `  ${count(letters).padStart(9)}  refused: ${sentence} (${ids.slice(0, 3).join(', ')}${letters > 3 ? ', …' : ''})`,
    ),
    ...(action === 'replayed' && report.settled > 0 && !dryRun ? whereTheyAre(reported) : []),
  ]
  return `${lines.join('\n')}\n`
}

function resumedLine({ operator, index, letters, restarted }: LetterReport['resumed'][number]): string {
  const where = operator === null ? 'at the door' : `at ${operator} (process[${index}])`
  const why = restarted ? ', earlier than they failed: as they stood, they were too large to be kept' : ''
  return `  ${count(letters).padStart(9)}  go on ${where}${why}`
}

function whereTheyAre({ topics, running, named }: ReportedLetters): string[] {
  const who = running
    ? `The services take them now: \`millrace status ${named}\` tells when all have arrived.`
    : `They wait on ${topics.raw} until the pipeline runs: \`millrace up\`, or the next \`millrace run\`, which finishes them first.`
  return [
    who,
    `What they become is on ${topics.refined}, and not in the file of an earlier run or of the next one: \`millrace export ${named}\` writes it.`,
  ]
}
