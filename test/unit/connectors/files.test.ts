import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { expandInputs } from '../../../services/connectors/files.ts'
import { failureOf, newFolder } from './folders.ts'

async function folderWith(...names: string[]): Promise<string> {
  const folder = await newFolder()
  for (const name of names) {
    await mkdir(join(folder, name, '..'), { recursive: true })
    await writeFile(join(folder, name), '')
  }
  return folder
}

describe('Inputs', () => {
  test('are files in the order given, twice when named twice, and standard input', async () => {
    const folder = await folderWith('b.jsonl', 'a.jsonl')
    const [a, b] = [join(folder, 'a.jsonl'), join(folder, 'b.jsonl')]
    expect(await expandInputs([b, '-', a, b])).toEqual([b, '-', a, b])
  })

  test('are all JSON lines below a directory, in name order, hidden ones and others left out', async () => {
    const folder = await folderWith(
      'z.json',
      'b/2.jsonl.gz',
      'b/10.jsonl',
      'a.jsonl.zst',
      '.c.jsonl',
      'd.txt',
      'e.jsonl.partial',
    )
    const names = ['a.jsonl.zst', 'b/10.jsonl', 'b/2.jsonl.gz', 'z.json']
    expect(await expandInputs([folder])).toEqual(names.map((name) => join(folder, name)))
  })

  test('are of other suffixes where the recipe names them', async () => {
    const folder = await folderWith('a.jsonl', 'b.data')
    expect(await expandInputs([folder], ['data'])).toEqual([join(folder, 'b.data')])
  })

  test.each([
    [
      ['a.csv', 'b.csv', 'c.jsonl'],
      ['a.csv', 'b.csv'],
    ],
    [['a.csv', 'b.jsonl'], ['a.csv']],
    [
      ['a.tsv', 'b.md', 'c.py', 'd.json'],
      ['b.md', 'c.py'],
    ],
    [
      ['a.parquet', 'x/b.parquet', 'c.unknown'],
      ['a.parquet', 'x/b.parquet'],
    ],
  ])('of a directory are the files of the format that most of them have: %j', async (all, read) => {
    const folder = await folderWith(...all)
    expect(await expandInputs([folder])).toEqual(read.map((name) => join(folder, name)))
  })

  test('of a directory without any readable file are named as missing', async () => {
    const folder = await folderWith('a.unknown')
    expect((await failureOf(expandInputs([folder]))).message).toContain(`${folder} holds no file that can be read`)
  })

  test('may be patterns, matched in name order', async () => {
    const folder = await folderWith('2.jsonl', '1.jsonl', '3.txt', 'x/1.jsonl')
    expect(await expandInputs([join(folder, '*.jsonl')])).toEqual([join(folder, '1.jsonl'), join(folder, '2.jsonl')])
    expect(await expandInputs([join(folder, '**/1.jsonl')])).toEqual([
      join(folder, '1.jsonl'),
      join(folder, 'x/1.jsonl'),
    ])
  })

  test('may have names that look like patterns', async () => {
    const path = join(await folderWith('a[1].jsonl'), 'a[1].jsonl')
    expect(await expandInputs([path])).toEqual([path])
  })

  test('are not read for ever where a link leads back', async () => {
    const folder = await folderWith('a/x.jsonl')
    await symlink('..', join(folder, 'a/up'))
    expect(await expandInputs([folder])).toEqual([join(folder, 'a/x.jsonl')])
  })

  test.each([
    ['nothing.jsonl', 'There is no file'],
    ['*.jsonl', 'No file matches'],
    ['a.xz', 'unpack it'],
  ])('that cannot be read are named: %s', async (name, message) => {
    const path = join(await folderWith('a.xz'), name)
    const failure = await failureOf(expandInputs([path]))
    expect(failure.code).toBe('input_missing')
    expect(failure.message).toContain(message)
    expect(failure.message).toContain(path)
  })
})
