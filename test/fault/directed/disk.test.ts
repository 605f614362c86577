import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { millrace, scratchDirectory } from '../../support/command-line.ts'
import { testKafka } from '../../support/kafka.ts'

const kafka = await testKafka()
const folder = scratchDirectory()
const mounts: string[] = []
afterAll(() => {
  for (const path of mounts) execFileSync('umount', ['-l', path])
})

/** A disk of this size, in memory; null where nothing may be mounted. */
function smallDisk(name: string, options: string): string | null {
  const path = join(folder, name)
  mkdirSync(path)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', path], { stdio: 'ignore' })
  } catch {
    return null
  }
  mounts.push(path)
  return path
}

const small = smallDisk('small', 'size=256k')
const full = smallDisk('full', 'size=64k,nr_inodes=64')
const crowded = smallDisk('crowded', 'size=64k,nr_inodes=2')
const canMount = small !== null && full !== null && crowded !== null
if (!canMount) console.info('Tests of full disks are skipped: this user may not mount a small one.')

const recipe = join(folder, 'recipe.yaml')
const input = join(folder, 'in.jsonl')
writeFileSync(
  recipe,
  `stream: {name: disk-${process.pid}, partitions: 2}\nprocess:\n  - whitespace_normalization_mapper:\n`,
)
writeFileSync(
  input,
  Array.from({ length: 3000 }, (_, i) => JSON.stringify({ text: `${i} ${'word '.repeat(40)}` })).join('\n'),
)

describe.skipIf(!canMount)('a disk that is full', () => {
  test('where documents wait for the end of a run, ends the run by that name and is left empty', async () => {
    const output = join(small ?? '', 'out.jsonl')
    const { code, stderr } = await millrace(['run', recipe, '--input', input, '--output', output, '--broker', 'memory'])
    expect(stderr).toMatch(/disk is full/i)
    expect(code).toBe(1)
    expect(readdirSync(small ?? '')).toEqual([])
  })

  test.skipIf(!kafka)('where workers keep their logs and their diary, costs those and no document', async () => {
    // What is left takes the recipe's copy and nothing more.
    writeFileSync(join(full ?? '', 'filler'), Buffer.alloc(60 * 1024))
    const { code, stdout, stderr } = await run(full ?? '')
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toMatchObject({ input: 3000, output: 3000, balanced: true })
    expect(code).toBe(0)
  })

  test.skipIf(!kafka)('where not even a log can be opened, ends the run by that name', async () => {
    const { code, stderr } = await run(crowded ?? '')
    expect(stderr).toMatch(/disk is full|no space left/i)
    expect(code).toBe(1)
  })
})

function run(home: string) {
  const output = join(folder, `out-${home.split('/').at(-1)}.jsonl`)
  const args = [
    'run',
    recipe,
    '--input',
    input,
    '--output',
    output,
    '--broker',
    kafka?.brokers.join(',') ?? '',
    '--json',
  ]
  return millrace(args, { env: { MILLRACE_HOME: home } })
}
