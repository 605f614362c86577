import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { type Ended, millrace, scratchDirectory } from '../../support/command-line.ts'

let directory = ''

beforeEach(() => {
  directory = scratchDirectory()
  writeFileSync(join(directory, 'a.csv'), 'text,n\n"first, of a table",1\nsecond,2\n')
  writeFileSync(join(directory, 'b.txt'), 'a whole file\r\nin two lines')
  writeFileSync(join(directory, 'c.json'), '[{"text":"in an array"}]')
  writeFileSync(join(directory, 'd.tsv'), 'text\tn\nwith tabs\t3\nragged\t4\t5\n')
})

async function run(recipe: string): Promise<Ended & { report: { output: number; dead_letters: number } }> {
  writeFileSync(join(directory, 'r.yaml'), `${recipe}\nprocess:\n  - text_length_filter: {min_len: 0}\n`)
  const ended = await millrace(['run', 'r.yaml', '--broker', 'memory', '--json'], { directory })
  return { ...ended, report: JSON.parse(ended.stdout || '{}') }
}

function linesOf(name: string): string[] {
  return readFileSync(join(directory, name), 'utf8').trimEnd().split('\n')
}

describe('A run', () => {
  test('reads sources of all formats in the order of the recipe, and dead-letters a ragged row', async () => {
    const { code, stderr } = await run('dataset_path: b.txt a.csv c.json d.tsv\nexport_path: out.jsonl')
    expect([code, stderr]).toEqual([0, expect.any(String)])
    expect(linesOf('out.jsonl')).toEqual([
      '{"text":"a whole file\\nin two lines"}',
      '{"text":"first, of a table","n":1}',
      '{"text":"second","n":2}',
      '{"text":"in an array"}',
      '{"text":"with tabs","n":3}',
    ])
  })

  test('exports Parquet that it reads again, with stats kept and in a file of their own', async () => {
    const keys = 'keep_stats_in_res_ds: true\nexport_extra_args: {export_stats: true}'
    expect((await run(`dataset_path: a.csv\nexport_path: out.parquet\n${keys}`)).code).toBe(0)
    expect(linesOf('out_stats.jsonl')).toEqual([
      '{"__dj__stats__":{"text_len":17}}',
      '{"__dj__stats__":{"text_len":6}}',
    ])
    expect((await run('dataset_path: out.parquet\nexport_path: again.json')).code).toBe(0)
    expect(JSON.parse(readFileSync(join(directory, 'again.json'), 'utf8'))).toEqual([
      { text: 'first, of a table', n: 1 },
      { text: 'second', n: 2 },
    ])
  })

  test('exports shards, and leaves nothing beside them', async () => {
    const rows = Array.from({ length: 100 }, (_, n) => `{"text":"document ${n}"}`)
    writeFileSync(join(directory, 'e.jsonl'), rows.join('\n'))
    expect((await run('dataset_path: e.jsonl\nexport_path: out/o.jsonl\nexport_shard_size: 500')).code).toBe(0)
    const shards = readdirSync(join(directory, 'out')).sort()
    expect(shards).toEqual(['o-00-of-03.jsonl', 'o-01-of-03.jsonl', 'o-02-of-03.jsonl'])
    expect(shards.flatMap((name) => linesOf(join('out', name)))).toEqual(rows)
  })

  test('mixes sources by their weights', async () => {
    const configs = 'configs: [{type: local, path: a.csv, weight: 3}, {type: local, path: c.json, weight: 1}]'
    expect((await run(`dataset: {max_sample_num: 4, ${configs}}\nexport_path: out.jsonl`)).code).toBe(0)
    expect(linesOf('out.jsonl').map((line) => JSON.parse(line).text)).toEqual([
      'second',
      'first, of a table',
      'second',
      'in an array',
    ])
  })

  test('is refused where a validator refuses a source, before anything runs', async () => {
    const validators = 'validators: [{type: required_fields, required_fields: [url]}]'
    const { code, stderr } = await run(`dataset_path: a.csv\nexport_path: out.jsonl\n${validators}`)
    expect([code, stderr]).toEqual([1, expect.stringContaining('the field url is missing')])
  })

  test('names a Parquet file that is damaged', async () => {
    writeFileSync(join(directory, 'x.parquet'), 'PAR1 and nothing else')
    const { code, stderr } = await run('dataset_path: x.parquet\nexport_path: out.jsonl')
    expect([code, stderr]).toEqual([1, expect.stringContaining('x.parquet is damaged')])
    expect(readdirSync(directory)).not.toContain('out.jsonl')
  })
})

describe('convert', () => {
  const convert = (...args: string[]) => millrace(['convert', ...args], { directory })

  test('turns files into other formats and back', async () => {
    expect((await convert('a.csv', 'a.parquet')).stdout).toContain('a.csv -> a.parquet: 2 samples')
    expect((await convert('a.parquet', 'a.jsonl.zst')).code).toBe(0)
    expect((await convert('a.jsonl.zst', 'b.parquet', '--select', 'n,text')).code).toBe(0)
    expect((await convert('b.parquet', '-')).stdout).toBe(
      '{"n":1,"text":"first, of a table"}\n{"n":2,"text":"second"}\n',
    )
  })

  test('stops at a line that is no sample, and leaves nothing', async () => {
    writeFileSync(join(directory, 'bad.jsonl'), '{"text":"a"}\nbroken\n')
    for (const to of ['x.parquet', 'x.jsonl']) {
      const { code, stderr } = await convert('bad.jsonl', to)
      expect([code, stderr]).toEqual([1, expect.stringContaining('bad.jsonl:2 is no JSON object')])
    }
    expect(readdirSync(directory).filter((name) => name.startsWith('x'))).toEqual([])
  })

  test.each([
    [['a.csv', 'x.csv'], 'name a .jsonl, .json or .parquet file'],
    [['gone.csv', 'x.jsonl'], 'gone.csv'],
    [['a.csv', 'topic:a/b'], 'may hold only letters'],
  ])('refuses %j as wrong usage', async (args, message) => {
    const { code, stderr } = await convert(...args)
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)])
  })
})
