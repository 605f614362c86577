import type { Report } from '../../pipeline/report.ts'
import { bytes, count, duration } from './numbers.ts'

/** The closing report for people: the account first, then who dropped what, then where it all lies. */
export function reportText(report: Report): string {
  const rate = report.seconds > 0 ? Math.round(report.input / report.seconds) : 0
  const lines = [
    '',
    `${report.pipeline}: ${count(report.input)} documents, ${bytes(report.bytes_in)} in ${duration(report.seconds)} (${count(rate)} documents/s) on ${report.broker}`,
    '',
    ...operatorTable(report),
    '',
    `  ${[`${count(report.input)} in`, ...gains(report)].join(' + ')} = ${equation(report)}`,
    report.balanced
      ? '  The ledger balances.'
      : '  THE LEDGER DOES NOT BALANCE: this is a bug or a foreign writer on the topics.',
    ...(report.repaired
      ? [
          `  ${count(report.repaired)} of them were repaired at the door (BOM, stray control characters, trailing commas, …).`,
        ]
      : []),
    '',
    ...(report.output_path ? [`  refined file   ${report.output_path}`] : []),
    `  refined        ${report.topics.refined}`,
    `  rejected       ${report.topics.rejected}`,
    `  dead letters   ${report.topics.deadLetters}`,
    `  ledger         ${report.topics.ledger}`,
    '',
  ]
  return lines.join('\n')
}

function gains({ replayed, split }: Report): string[] {
  return [...(replayed ? [`${count(replayed)} replayed`] : []), ...(split ? [`${count(split)} split`] : [])]
}

function equation(report: Report): string {
  const parts = [
    `${count(report.output)} refined`,
    `${count(report.rejected)} rejected`,
    `${count(report.dead_letters)} dead letters`,
  ]
  if (report.duplicates) parts.push(`${count(report.duplicates)} duplicates`)
  if (report.merged) parts.push(`${count(report.merged)} merged`)
  return parts.join(' + ')
}

function operatorTable(report: Report): string[] {
  const width = Math.max(8, ...report.operators.map(({ name }) => name.length))
  const head = `  ${'operator'.padEnd(width)} ${'in'.padStart(9)} ${'kept'.padStart(9)} ${'dropped'.padStart(9)} ${'failed'.padStart(7)} ${'seconds'.padStart(8)}  reasons`
  const rows = report.operators.map((operator) => {
    const reasons = Object.entries(operator.dropped)
    const dropped = reasons.reduce((sum, [, n]) => sum + n, 0)
    const passedBy = operator.skipped > 0 ? [`not applied to ${count(operator.skipped)}`] : []
    const named = [...reasons.map(([reason, n]) => `${reason} ${count(n)}`), ...passedBy].join(', ')
    const row = `  ${operator.name.padEnd(width)} ${count(operator.in).padStart(9)} ${count(operator.kept).padStart(9)} ${count(dropped).padStart(9)} ${count(operator.failed).padStart(7)} ${operator.seconds.toFixed(2).padStart(8)}  ${named}`
    return row.trimEnd()
  })
  return [head, ...rows]
}
