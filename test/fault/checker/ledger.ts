import { type Input, placeOf, type Row, type StageFate, type StageView } from './stage-view.ts'
import { type Violation, violation } from './violation.ts'

/** A row of the ledger with the documents and fates that it speaks of. */
interface Account {
  row: Row
  inputs: Input[]
  fates: StageFate[]
}

/**
 * The rows of a partition follow each other without overlap, each says what is there by ids, and together they reach as far
 * as the group: outputs, rejections, dead letters, ledger and offset moved together.
 */
export function ledgerViolations(view: StageView): Violation[] {
  const accounts = accountsOf(view)
  const { name } = view.stage
  return [
    ...violation('I10', `${name} accounts for offsets twice`, overlaps(view.rows)),
    ...violation('I10', `${name} wrote rows of the ledger out of order`, disorder(view.rows)),
    ...violation('I4', `rows of ${name} do not balance`, accounts.flatMap(unbalanced)),
    ...violation('I4', `rows of ${name} count otherwise than what is there`, accounts.flatMap(miscounted)),
    ...violation('I5', `${name} passed documents that no row accounts for`, unaccounted(view)),
    ...violation('I5', `${name} accounts for what its group has not committed`, ahead(view)),
  ]
}

function accountsOf({ rows, inputs, fates }: StageView): Account[] {
  const rowAt = finder(rows)
  const accounts = new Map(rows.map((row): [Row | null, Account] => [row, { row, inputs: [], fates: [] }]))
  for (const input of inputs) accounts.get(rowAt(input) ?? null)?.inputs.push(input)
  for (const fate of fates) if (fate.from) accounts.get(rowAt(fate.from) ?? null)?.fates.push(fate)
  return [...accounts.values()]
}

/** Finds the row that accounts for a place of the input. */
function finder(rows: Row[]): (place: { partition: number; offset: bigint }) => Row | undefined {
  const sorted = new Map(byPartition(rows).map((all) => [all[0]?.partition, all.toSorted(byFrom)]))
  return ({ partition, offset }) => {
    const all = sorted.get(partition) ?? []
    let low = 0
    let high = all.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((all[middle]?.from ?? 0n) <= offset) low = middle + 1
      else high = middle
    }
    const row = all[low - 1]
    return row && row.to > offset ? row : undefined
  }
}

function byFrom(a: Row, b: Row): number {
  return Number(a.from - b.from)
}

function byPartition(rows: Row[]): Row[][] {
  return [...Map.groupBy(rows, ({ partition }) => partition).values()]
}

function overlaps(rows: Row[]): string[] {
  return byPartition(rows).flatMap((all) => {
    const sorted = all.toSorted(byFrom)
    return sorted.flatMap((row, i) => {
      const former = sorted[i - 1]
      return former && former.to > row.from ? [`${rowText(former)} and ${rowText(row)}`] : []
    })
  })
}

/** Whoever was fenced and wrote all the same would appear behind the new owner's rows. */
function disorder(rows: Row[]): string[] {
  return byPartition(rows).flatMap((all) =>
    all.flatMap((row, i) => {
      const former = all[i - 1]
      return former && former.from > row.from ? [`${rowText(row)} behind ${rowText(former)}`] : []
    }),
  )
}

function unbalanced({ row }: Account): string[] {
  const gone = row.output + row.rejected + row.duplicates + row.dead_letters + row.merged
  const whole = row.documents + row.split === gone
  const operators = row.operators.every(({ in: taken, kept, dropped, failed, skipped }) => {
    const left = Object.values(dropped).reduce((sum, count) => sum + count, 0)
    return taken === kept + left + failed + skipped
  })
  return whole && operators ? [] : [rowText(row)]
}

function miscounted({ row, inputs, fates }: Account): string[] {
  const count = (kind: StageFate['kind']) => fates.filter((fate) => fate.kind === kind).length
  const pairs: [string, number, number][] = [
    ['documents', row.documents, inputs.length],
    ['output', row.output, count('output')],
    ['rejected', row.rejected, count('rejected')],
    ['dead letters', row.dead_letters, count('dead letter')],
  ]
  const wrong = pairs.filter(([, said, there]) => said !== there)
  return wrong.map(([what, said, there]) => `${rowText(row)} says ${said} ${what}, there are ${there}`)
}

function unaccounted({ rows, inputs, committed }: StageView): string[] {
  const rowAt = finder(rows)
  const passed = inputs.filter(({ partition, offset }) => offset < (committed[partition] ?? 0n))
  return passed.filter((input) => !rowAt(input)).map((input) => `${input.id} of ${placeOf(input)}`)
}

function ahead({ rows, committed }: StageView): string[] {
  return rows.filter(({ partition, to }) => to > (committed[partition] ?? 0n)).map(rowText)
}

function rowText({ partition, from, to, worker, at_offset }: Row): string {
  return `partition ${partition} from ${from} to ${to} by ${worker} (row ${at_offset})`
}
