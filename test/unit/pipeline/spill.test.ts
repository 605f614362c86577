import { mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { merged, Spill } from '../../../services/pipeline/spill.ts'

const folder = mkdtempSync(join(tmpdir(), 'millrace-spill-'))
let number = 0

async function spilled(ordinals: bigint[]): Promise<Spill> {
  const spill = new Spill(join(folder, `spill-${number++}`))
  for (const ordinal of ordinals) await spill.add({ ordinal, line: Buffer.from(`line ${ordinal}`) })
  await spill.finish()
  return spill
}

test('partitions in any deal come back in the order of the input', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 60 }), async (deal) => {
      const spills = await Promise.all(
        [0, 1, 2, 3].map((partition) => spilled(deal.flatMap((to, i) => (to === partition ? [BigInt(i)] : [])))),
      )
      const lines: string[] = []
      for await (const line of merged(spills)) lines.push(line.toString())
      expect(lines).toEqual(deal.map((_, i) => `line ${i}`))
      for (const spill of spills) await spill.remove()
    }),
    { numRuns: 30 },
  )
  expect(readdirSync(folder)).toEqual([])
})

test('a line longer than a chunk of the file survives', async () => {
  const spill = new Spill(join(folder, 'long'))
  const line = Buffer.alloc(3_000_000, 'x')
  await spill.add({ ordinal: 1n, line })
  await spill.finish()
  for await (const back of merged([spill])) expect(back.equals(line)).toBe(true)
  await spill.remove()
})

test('a disk that cannot be written is an error, not a loss', async () => {
  const spill = new Spill(join(folder, 'missing', 'deeper'))
  await expect(
    (async () => {
      await spill.add({ ordinal: 1n, line: Buffer.from('a') })
      await spill.finish()
    })(),
  ).rejects.toMatchObject({ code: 'output_unwritable' })
})
