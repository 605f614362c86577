/** A number for people: whole ones with their thousands parted, others with six digits that count; a dash for none. */
export function shown(value: number | null): string {
  if (value === null || Number.isNaN(value)) return '–'
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '-∞'
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return value.toLocaleString('en-US')
  const rounded = Number(value.toPrecision(6))
  const size = Math.abs(rounded)
  if (size >= 1e15 || (size < 1e-6 && size > 0)) return rounded.toExponential()
  return rounded.toLocaleString('en-US', { maximumSignificantDigits: 6 })
}

/** A share of a whole in percent: 12.5 %. */
export function percent(part: number, whole: number): string {
  return whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`
}

/** A share as the name of its quantile: 25 %. */
export function shareName(share: number): string {
  return `${Number((share * 100).toPrecision(6))} %`
}
