import type { Edge, KnownDocument, Verdict } from '../../schemas/dataset.ts'
import { DUPLICATE } from '../../topologies/operator.ts'
import { spelling } from './store/keys.ts'

/** A document of the data set, by its number in the clusters. */
interface Node {
  document: KnownDocument
  /** Its likeness to the documents that it was compared with. */
  similar: Map<KnownDocument, number>
  /** One that was released before, and is like it. */
  past: KnownDocument | null
}

/** The connected components of a data set's edges, by union-find. Holds the documents that have an edge, and no others. */
export class Clusters {
  readonly #numbers = new Map<string, number>()
  readonly #nodes: Node[] = []
  readonly #parents: number[] = []

  add({ document, other, past, similarity }: Edge): void {
    const i = this.#numberOf(document)
    const node = this.#nodes[i]
    if (past) {
      node?.similar.set(other, similarity)
      if (node && (node.past === null || isBefore(other, node.past))) node.past = other
      return
    }
    const j = this.#numberOf(other)
    const neighbour = this.#nodes[j]
    if (neighbour) node?.similar.set(neighbour.document, similarity)
    if (node) neighbour?.similar.set(node.document, similarity)
    this.#join(i, j)
  }

  /**
   * The documents that go, by partition and in their order: of a cluster that knows one from before, all; else all but the
   * first, or all but those of the least rank.
   */
  verdicts(): Map<number, Verdict[]> {
    const leaders = this.#leaders()
    const verdicts = new Map<number, Verdict[]>()
    for (const [i, node] of this.#nodes.entries()) {
      const leader = leaders.get(this.#find(i)) ?? node.document
      if (stays(node.document, leader)) continue
      const { partition, order } = node.document
      const { pipeline, id, source } = leader
      const original = { pipeline, id, source, similarity: similarityOf(node, leader) }
      const verdict: Verdict = { order, reason: DUPLICATE, original, lines: [], sample: null }
      const those = verdicts.get(partition)
      if (those) those.push(verdict)
      else verdicts.set(partition, [verdict])
    }
    for (const those of verdicts.values()) those.sort((a, b) => a.order.compare(b.order))
    return verdicts
  }

  /** Of each cluster the document that stays, or one from before. */
  #leaders(): Map<number, KnownDocument> {
    const leaders = new Map<number, KnownDocument>()
    const past = new Map<number, KnownDocument>()
    for (const [i, node] of this.#nodes.entries()) {
      const root = this.#find(i)
      const leader = leaders.get(root)
      if (!leader || comesBefore(node.document, leader)) leaders.set(root, node.document)
      const known = past.get(root)
      if (node.past && (!known || isBefore(node.past, known))) past.set(root, node.past)
    }
    for (const [root, document] of past) leaders.set(root, document)
    return leaders
  }

  #numberOf(document: KnownDocument): number {
    const key = spelling(document.order)
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    this.#numbers.set(key, this.#nodes.length)
    this.#parents.push(this.#nodes.length)
    return this.#nodes.push({ document, similar: new Map(), past: null }) - 1
  }

  #join(i: number, j: number): void {
    const [a, b] = [this.#find(i), this.#find(j)]
    this.#parents[Math.max(a, b)] = Math.min(a, b)
  }

  #find(i: number): number {
    let root = i
    for (let parent = this.#parents[root]; parent !== undefined && parent !== root; parent = this.#parents[root])
      root = parent
    for (let at = i; at !== root; ) {
      const next = this.#parents[at] ?? root
      this.#parents[at] = root
      at = next
    }
    return root
  }
}

/** By rank where documents have one, then by their order. */
function comesBefore(a: KnownDocument, b: KnownDocument): boolean {
  if (a.rank !== null && b.rank !== null && a.rank !== b.rank) return a.rank < b.rank
  return a.order.compare(b.order) < 0
}

/** Any order will do among documents from before, as long as it is always the same. */
function isBefore(a: KnownDocument, b: KnownDocument): boolean {
  if (a.pipeline !== b.pipeline) return a.pipeline < b.pipeline
  return a.order.compare(b.order) < 0
}

function stays(document: KnownDocument, leader: KnownDocument): boolean {
  if (document.pipeline !== leader.pipeline) return false
  return document.order.equals(leader.order) || (document.rank !== null && document.rank === leader.rank)
}

/** To the original, or, where they were never compared, to the document of the cluster that it is most like. */
function similarityOf({ similar }: Node, leader: KnownDocument): number {
  return similar.get(leader) ?? Math.max(0, ...similar.values())
}
