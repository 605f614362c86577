import type { Deduplicator, Probe } from './operator.ts'

/** By document: the one of its cluster that stays in its place; null for those that stay, and for those without a probe. */
export type Duplicates = (number | null)[]

/**
 * The duplicates of a whole data set, in memory: what a deduplicator's probes amount to, and what anything that finds them
 * piece by piece must come to. Clusters are connected components; of each the first stays, or all of the least rank.
 */
export function findDuplicates(
  { compare }: Pick<Deduplicator<never>, 'compare'>,
  probes: readonly (Probe | null)[],
): Duplicates {
  const clusters = clustersOf(probes.length)
  if (compare) joinAlike(probes, compare, clusters)
  else joinSharing(probes, clusters)
  const leaders = new Map<number, number>()
  for (const [i, probe] of probes.entries()) {
    const root = clusters.find(i)
    const leader = leaders.get(root)
    if (leader === undefined || isBefore(probe, probes[leader])) leaders.set(root, i)
  }
  return probes.map((probe, i) => {
    const leader = leaders.get(clusters.find(i)) ?? i
    const stays = leader === i || (probe?.rank !== undefined && probe.rank === probes[leader]?.rank)
    return stays ? null : leader
  })
}

function isBefore(probe: Probe | null, other: Probe | null | undefined): boolean {
  return probe?.rank !== undefined && other?.rank !== undefined && probe.rank < other.rank
}

/** Sharing a key is enough. */
function joinSharing(probes: readonly (Probe | null)[], clusters: Clusters): void {
  const first = new Map<string, number>()
  for (const [i, probe] of probes.entries()) {
    for (const bytes of probe?.keys ?? []) {
      const key = spelling(bytes)
      const earlier = first.get(key)
      if (earlier === undefined) first.set(key, i)
      else clusters.join(earlier, i)
    }
  }
}

/** Those that share a key are compared; of equal signatures only the first. */
function joinAlike(
  probes: readonly (Probe | null)[],
  compare: (a: Uint8Array, b: Uint8Array) => number | null,
  clusters: Clusters,
): void {
  const seen = new Map<string, number>()
  const buckets = new Map<string, number[]>()
  for (const [i, probe] of probes.entries()) {
    if (!probe) continue
    const twin = seen.get(spelling(probe.signature))
    if (twin !== undefined) {
      if (compare(probe.signature, probe.signature) !== null) clusters.join(twin, i)
      continue
    }
    seen.set(spelling(probe.signature), i)
    for (const bytes of probe.keys) {
      const bucket = buckets.get(spelling(bytes)) ?? []
      for (const j of bucket) {
        const other = probes[j]
        if (other && compare(other.signature, probe.signature) !== null) clusters.join(j, i)
      }
      bucket.push(i)
      buckets.set(spelling(bytes), bucket)
    }
  }
}

/** Bytes as a string of as many characters, which a map can have as its key. */
function spelling(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes)
}

/** Connected components. */
interface Clusters {
  find(i: number): number
  join(i: number, j: number): void
}

function clustersOf(size: number): Clusters {
  const parents = Int32Array.from({ length: size }, (_, i) => i)
  const find = (i: number): number => {
    let root = i
    while (parents[root] !== root) root = parents[root] as number
    for (let at = i; at !== root; ) {
      const next = parents[at] as number
      parents[at] = root
      at = next
    }
    return root
  }
  return {
    find,
    join(i, j) {
      const [a, b] = [find(i), find(j)]
      parents[Math.max(a, b)] = Math.min(a, b)
    },
  }
}
