import type { Codec } from '../../../schemas/codec.ts'
import type { Verdict } from '../../../schemas/dataset.ts'
import type { Selector, View } from '../../../topologies/dataset/operator.ts'
import { decodeView } from '../../../topologies/dataset/views.ts'
import { NOT_SELECTED, type Subject } from '../../../topologies/operator.ts'
import { keyOf, rangeOf, spelling } from '../store/keys.ts'
import type { Change, Store } from '../store/store.ts'
import { verdictRecords } from '../verdict-records.ts'
import { type Fold, noAnswers } from './fold.ts'

export interface ViewParts {
  selector: Selector<Subject>
  codec: Codec
}

/** A document that may be selected. */
interface Candidate {
  partition: number
  order: Buffer
  view: View
}

/** Gathers what a selector looks at, and when a data set has ended tells which documents it leaves out. */
export function viewFold({ selector, codec }: ViewParts): Fold {
  return {
    async fold(store, turns) {
      const added = new Map<string, Change>()
      const answers = noAnswers()
      for (const { block, dataset, ended, own } of turns) {
        if (!own) continue
        for (const { order, signature } of block.documents) {
          const key = keyOf('view', numbers(dataset), order)
          added.set(spelling(key), { type: 'put', key, value: Buffer.concat([numbers(block.partition), signature]) })
        }
        for (const { dataset, through } of ended) {
          const left = leftOut(selector, await candidates(store, dataset, added))
          for (const [partition, border] of through.entries()) {
            const records = verdictRecords(left.get(partition) ?? [], { answerer: 0, through: border }, codec)
            answers.verdicts.set(partition, [...(answers.verdicts.get(partition) ?? []), ...records])
          }
        }
      }
      return { changes: [...added.values()], answers }
    },
  }
}

/** The documents of a data set in its order; none of them is kept any longer. */
async function candidates(store: Store, dataset: number, added: Map<string, Change>): Promise<Candidate[]> {
  const { from, to } = rangeOf('view', numbers(dataset))
  const all = new Map<string, Candidate>()
  const take = (key: Buffer, value: Buffer) => {
    const candidate = { partition: value.readUInt32BE(0), order: key.subarray(5), view: decodeView(value.subarray(4)) }
    all.set(spelling(key), candidate)
    added.set(spelling(key), { type: 'del', key })
  }
  for (const change of [...added.values()]) {
    if (change.type === 'put' && change.key.compare(from) >= 0 && change.key.compare(to) < 0)
      take(change.key, change.value)
  }
  for await (const [key, value] of store.range(from, to)) take(key, value)
  return [...all.values()].sort((a, b) => a.order.compare(b.order))
}

function leftOut(selector: Selector<Subject>, all: Candidate[]): Map<number, Verdict[]> {
  const chosen = new Set(selector.select(all.map(({ view }) => view)))
  const left = new Map<number, Verdict[]>()
  for (const [i, { partition, order }] of all.entries()) {
    if (chosen.has(i)) continue
    const verdict = { order, reason: NOT_SELECTED, original: null, lines: [], sample: null }
    const those = left.get(partition)
    if (those) those.push(verdict)
    else left.set(partition, [verdict])
  }
  return left
}

function numbers(number: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(number)
  return bytes
}
