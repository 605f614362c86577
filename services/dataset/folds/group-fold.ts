import type { Codec } from '../../../schemas/codec.ts'
import type { Verdict } from '../../../schemas/dataset.ts'
import { type Exact, parseExact, writeExact } from '../../../schemas/json/exact.ts'
import type { ExactSample, Grouper } from '../../../topologies/dataset/operator.ts'
import { Failure } from '../../../topologies/failure.ts'
import { GROUPED, type Subject } from '../../../topologies/operator.ts'
import { keyOf, rangeOf, spelling } from '../store/keys.ts'
import type { Change, Store } from '../store/store.ts'
import { verdictRecords } from '../verdict-records.ts'
import { type Fold, noAnswers } from './fold.ts'

/** Longest document that a group may become. Bytes. */
const LARGEST = 48 * 2 ** 20

export interface GroupParts {
  grouper: Grouper<Subject>
  shard: number
  codec: Codec
}

/** Gathers samples by their key. When a data set has ended, the first document of each group becomes the whole group. */
export function groupFold({ grouper, shard, codec }: GroupParts): Fold {
  return {
    async fold(store, turns) {
      const members = new Members(store)
      const answers = noAnswers()
      for (const { block, dataset, ended, own } of turns) {
        if (!own) continue
        for (const { order, keys, signature } of block.documents) {
          members.add(dataset, keys[0] ?? Buffer.alloc(0), { partition: block.partition, order, sample: signature })
        }
        for (const { dataset, through } of ended) {
          const verdicts = await members.settle(dataset, grouper)
          for (const [partition, border] of through.entries()) {
            const records = verdictRecords(verdicts.get(partition) ?? [], { answerer: shard, through: border }, codec)
            answers.verdicts.set(partition, [...(answers.verdicts.get(partition) ?? []), ...records])
          }
        }
      }
      return { changes: members.changes(), answers }
    },
  }
}

interface Member {
  partition: number
  order: Buffer
  /** The whole sample as JSON. */
  sample: Buffer
}

/** The samples of open data sets: in the store, and what has been added since. */
class Members {
  readonly #store: Store
  readonly #changes = new Map<string, Change>()

  constructor(store: Store) {
    this.#store = store
  }

  /** As a key: data set, length of the group's key, the key, order. */
  add(dataset: number, group: Buffer, { partition, order, sample }: Member): void {
    const key = keyOf('posting', number(dataset), Buffer.of(group.length), group, order)
    this.#changes.set(spelling(key), { type: 'put', key, value: Buffer.concat([number(partition), sample]) })
  }

  /** The fate of every member, by partition. The data set's samples go. */
  async settle(dataset: number, grouper: Grouper<Subject>): Promise<Map<number, Verdict[]>> {
    const verdicts = new Map<number, Verdict[]>()
    for await (const members of this.#groups(dataset)) {
      const sample = Buffer.from(merged(members, grouper))
      if (sample.length > LARGEST) throw tooLarge(members.length, sample.length)
      for (const [i, { partition, order }] of members.entries()) {
        const verdict = {
          order,
          reason: i === 0 ? null : GROUPED,
          original: null,
          lines: [],
          sample: i === 0 ? sample : null,
        }
        const those = verdicts.get(partition)
        if (those) those.push(verdict)
        else verdicts.set(partition, [verdict])
      }
    }
    return verdicts
  }

  changes(): Change[] {
    return [...this.#changes.values()]
  }

  /** Neighbours of one key together, each group in the order of the data set; one group is in memory at a time. */
  async *#groups(dataset: number): AsyncGenerator<Member[]> {
    let [group, members]: [string | null, Member[]] = [null, []]
    for await (const [key, value] of this.#all(dataset)) {
      const end = 6 + (key[5] ?? 0)
      const own = spelling(key.subarray(0, end))
      if (own !== group && members.length > 0) {
        yield members
        members = []
      }
      group = own
      members.push({ partition: value.readUInt32BE(0), order: key.subarray(end), sample: value.subarray(4) })
      this.#changes.set(spelling(key), { type: 'del', key })
    }
    if (members.length > 0) yield members
  }

  /** Those of the store and those that were added, in the order of their keys. */
  async *#all(dataset: number): AsyncGenerator<[Buffer, Buffer]> {
    const { from, to } = rangeOf('posting', number(dataset))
    const added = [...this.#changes.values()].flatMap((change): [Buffer, Buffer][] => {
      const inside = change.key.compare(from) >= 0 && change.key.compare(to) < 0
      return change.type === 'put' && inside ? [[change.key, change.value]] : []
    })
    added.sort(([a], [b]) => a.compare(b))
    let next = 0
    for await (const entry of this.#store.range(from, to)) {
      for (let one = added[next]; one && one[0].compare(entry[0]) < 0; one = added[next]) {
        yield one
        next++
      }
      if (added[next]?.[0].equals(entry[0])) next++
      yield entry
    }
    yield* added.slice(next)
  }
}

function tooLarge(members: number, bytes: number): Failure {
  return new Failure(
    'document_too_large',
    `${members} documents of one group come to one of ${bytes} bytes; a topic takes ${LARGEST}. Group by keys that more of them differ in.`,
  )
}

function merged(members: Member[], grouper: Grouper<Subject>): string {
  const sample = grouper.merge(members.map(({ sample }) => membersOf(parseExact(sample.toString()))))
  return writeExact(new Map(Object.entries(sample)))
}

function membersOf(value: Exact): ExactSample {
  return value instanceof Map ? Object.fromEntries(value) : {}
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
