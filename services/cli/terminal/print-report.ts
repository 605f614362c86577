import { STANDARD } from '../../connectors/files.ts'
import type { Report } from '../../pipeline/report.ts'
import { reportText } from './report-text.ts'
import { print, tell } from './standard-output.ts'

/** Prints the closing report; one that does not balance makes the command fail. */
export async function printReport(report: Report, json: boolean): Promise<void> {
  const content = json ? `${JSON.stringify(report)}\n` : reportText(report)
  // Documents on standard output leave no room there for the report.
  if (report.output_path === STANDARD) process.stderr.write(content)
  else await print(content)
  if (report.balanced) return
  tell('millrace: The ledger does not balance; see the report.')
  process.exitCode = 1
}
