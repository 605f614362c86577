/**
 * What must hold whatever breaks. I1 no loss; I2 no duplicate; I3 order per input partition; I4 the ledger balances, by counts
 * and by ids; I5 nothing aborted is visible, and what one checkpoint moves is there as a whole or not at all; I6 progress;
 * I8 the same fates as without any fault; I9 dead letters hold their record byte for byte; I10 who is fenced writes nothing.
 */
export type Invariant = 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6' | 'I8' | 'I9' | 'I10'

/** An invariant that does not hold, and what shows it. */
export interface Violation {
  invariant: Invariant
  what: string
  examples: string[]
}

const EXAMPLES = 5

/** None when there is no example; else one violation with a few of them and the count of all. */
export function violation(invariant: Invariant, what: string, found: string[]): Violation[] {
  if (found.length === 0) return []
  return [{ invariant, what: `${what} (${found.length})`, examples: found.slice(0, EXAMPLES) }]
}

/** Violations for people, counter-examples and all. */
export function violationText(violations: readonly Violation[]): string {
  return violations.map(({ invariant, what, examples }) => `${invariant} ${what}: ${examples.join('; ')}`).join('\n')
}
