import { describe, expect, test } from 'vitest'
import type { LedgerEntry } from '../../../schemas/ledger.ts'
import { Account, balances, totalsOf } from '../../../services/pipeline/account.ts'
import type { Stage, Topology } from '../../../topologies/topology.ts'

const operator = (index: number, name: string) => ({
  index,
  name,
  parameters: {},
  textKey: 'text',
  onFailure: 'dead_letter' as const,
})

const stage = (name: string, operators: Stage['operators']): Stage => ({
  name,
  group: `p.${name}`,
  resource: 'cpu',
  replicas: 1,
  input: `p.${name}.in`,
  output: 'out',
  operators,
  first: name === 'one',
  last: name === 'two',
})

const stages = [stage('one', [operator(0, 'a')]), stage('two', [operator(1, 'b')])]
const topology = { stages } as Topology

const zeros = {
  records: 0,
  duplicates: 0,
  split: 0,
  merged: 0,
  repaired: 0,
  bytes_in: 0,
  bytes_out: 0,
  ended: [],
  replayed: 0,
  letters: null,
  recipe: 'r',
  pipeline: 'p',
  topic: 't',
  partition: 0,
  from: 0n,
  to: 1n,
  at: 0,
  worker: 'w',
}

const entry = (
  fields: Partial<LedgerEntry> & Pick<LedgerEntry, 'stage' | 'documents' | 'output' | 'rejected' | 'dead_letters'>,
): LedgerEntry => ({
  ...zeros,
  operators: [],
  ...fields,
})

const one = entry({ stage: 'one', documents: 10, output: 7, rejected: 2, dead_letters: 1 })
const two = entry({ stage: 'two', documents: 7, output: 4, rejected: 3, dead_letters: 0 })

function accountOf(entries: LedgerEntry[], run: string | null = null) {
  const account = new Account(topology, run)
  for (const each of entries) account.add(each)
  return account
}

describe('an account', () => {
  test('takes input from the first stage, output from the last, and what left the line from all', () => {
    const totals = totalsOf(accountOf([one, two]).stages())
    expect(totals).toMatchObject({ input: 10, output: 4, rejected: 5, dead_letters: 1 })
    expect(balances(totals)).toBe(true)
  })

  test('does not balance when a document is missing between two stages', () => {
    expect(balances(totalsOf(accountOf([one, { ...two, documents: 6, output: 3 }]).stages()))).toBe(false)
  })

  test('does not balance when a document came out twice', () => {
    expect(balances(totalsOf(accountOf([one, { ...two, output: 5 }]).stages()))).toBe(false)
  })

  test('counts dead letters that came in once more, and not as input', () => {
    const again = entry({ stage: 'one', documents: 3, replayed: 2, output: 1, rejected: 1, dead_letters: 1 })
    const behind = entry({ stage: 'two', documents: 1, output: 1, rejected: 0, dead_letters: 0 })
    const totals = totalsOf(accountOf([one, two, again, behind]).stages())
    expect(totals).toMatchObject({ input: 11, replayed: 2, output: 5, rejected: 6, dead_letters: 2 })
    expect(balances(totals)).toBe(true)
  })

  test('leaves out what was done with dead letters, which moves no document', () => {
    const letters = { action: 'replayed' as const, offsets: [4n, 9n] }
    const mark = entry({ stage: 'dead-letters', documents: 0, output: 0, rejected: 0, dead_letters: 0, letters })
    expect(totalsOf(accountOf([one, mark, two]).stages())).toEqual(totalsOf(accountOf([one, two]).stages()))
  })

  test('adds up operators by their place in the recipe', () => {
    const tally = {
      index: 0,
      name: 'a',
      in: 5,
      kept: 3,
      dropped: { too_short: 2 },
      failed: 0,
      skipped: 0,
      seconds: 0.5,
    }
    const [first] = accountOf([
      { ...one, operators: [tally] },
      { ...one, operators: [tally] },
    ]).stages()
    expect(first?.operators.get(0)).toMatchObject({ in: 10, kept: 6, dropped: { too_short: 4 }, seconds: 1 })
  })

  test('has ended when the last stage saw the run end on every partition', () => {
    const ended = (stageName: string, partition: number, run: string) => ({
      ...one,
      stage: stageName,
      partition,
      ended: [run],
    })
    expect(accountOf([ended('one', 0, 'now'), ended('one', 1, 'now')], 'now').ended(2)).toBe(false)
    expect(accountOf([ended('two', 0, 'now'), ended('two', 0, 'now')], 'now').ended(2)).toBe(false)
    expect(accountOf([ended('two', 0, 'now'), ended('two', 1, 'before')], 'now').ended(2)).toBe(false)
    expect(accountOf([ended('two', 0, 'now'), ended('two', 1, 'now')], 'now').ended(2)).toBe(true)
  })
})
