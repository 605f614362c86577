/** Where a data set of several files goes, and how many samples of it, by Data-Juicer's names: `out-00-of-03.jsonl`. */
export interface Shard {
  path: string
  samples: number
}

/**
 * Shards of about `shardBytes` of what the samples take in memory: neighbours stay together, and the first shards hold one
 * more where it does not come out even. A data set without samples is one empty shard.
 */
export function shardsOf(path: string, size: { samples: number; bytes: number }, shardBytes: number): Shard[] {
  const count = Math.max(1, Math.min(Math.floor(size.bytes / shardBytes) + 1, size.samples))
  const slash = path.lastIndexOf('/') + 1
  const [stem = '', ...rest] = path.slice(slash).split('.')
  const ending = rest.join('.').match(/[^.]+(?:\.gz|\.zst)?$/)?.[0] ?? 'jsonl'
  const digits = String(count).length + 1
  const number = (value: number) => String(value).padStart(digits, '0')
  return Array.from({ length: count }, (_, at) => ({
    path: `${path.slice(0, slash)}${stem}-${number(at)}-of-${number(count)}.${ending}`,
    samples: Math.floor(size.samples / count) + (at < size.samples % count ? 1 : 0),
  }))
}

/** About how many bytes a value takes in Arrow's memory, which is what Data-Juicer counts: a text its bytes and an offset, a number eight. */
export function memoryBytes(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value) + 4
  if (typeof value === 'number') return 8
  if (typeof value === 'boolean') return 0.125
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + memoryBytes(item), 4)
  if (typeof value !== 'object' || value === null) return 0
  return Object.values(value).reduce<number>((sum, member) => sum + memoryBytes(member), 0)
}
