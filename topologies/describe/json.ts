import type { Topology } from '../topology.ts'

/** A topology for machines: its data as indented JSON. Numbers that JSON lacks (no upper bound) are the text "Infinity". */
export function describeJson(topology: Topology): string {
  const finite = (_key: string, value: unknown) =>
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : value
  return `${JSON.stringify(topology, finite, 2)}\n`
}
