import { describe, expect, test } from 'vitest'
import { memoryBytes, shardsOf } from '../../../services/connectors/writers/shards.ts'

describe('Shards', () => {
  test.each([
    [{ samples: 1_000, bytes: 91_017 }, 1_000, ['o-000-of-092.jsonl 11', 'o-001-of-092.jsonl 11']],
    [{ samples: 1_000, bytes: 91_017 }, 30_000, ['o-00-of-04.jsonl 250', 'o-01-of-04.jsonl 250']],
    [{ samples: 503, bytes: 14_965 }, 4_096, ['o-00-of-04.jsonl 126', 'o-01-of-04.jsonl 126']],
    [{ samples: 503, bytes: 14_965 }, 10_000, ['o-00-of-02.jsonl 252', 'o-01-of-02.jsonl 251']],
    [{ samples: 3, bytes: 1_000_000 }, 10, ['o-00-of-03.jsonl 1', 'o-01-of-03.jsonl 1']],
    [{ samples: 0, bytes: 0 }, 10, ['o-00-of-01.jsonl 0']],
  ])('of %j, %d bytes each, begin as in Data-Juicer with %j', ({ samples, bytes }, size, first) => {
    const shards = shardsOf('out/o.v2.jsonl', { samples, bytes }, size)
    const begin = shards.slice(0, 2).map((shard) => `${shard.path} ${shard.samples}`)
    expect(begin).toEqual(first.map((shard) => `out/${shard}`))
    expect(shards.reduce((sum, shard) => sum + shard.samples, 0)).toBe(samples)
  })

  test('keep the packing in their names', () => {
    expect(shardsOf('o.jsonl.zst', { samples: 1, bytes: 1 }, 10)[0]?.path).toBe('o-00-of-01.jsonl.zst')
  })

  test('are counted by what Arrow holds', () => {
    expect(memoryBytes({ text: 'é', n: 1, list: ['a', 'b'], nested: { x: 1.5 }, none: null })).toBe(6 + 8 + 14 + 8)
  })
})
