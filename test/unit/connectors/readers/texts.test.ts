import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readSamples } from '../../../../services/connectors/readers/read-samples.ts'
import { newFolder, texts } from '../folders.ts'

async function samplesOf(name: string, content: string | Buffer, options = {}): Promise<string[]> {
  const path = join(await newFolder(), name)
  await writeFile(path, content)
  const samples: string[] = []
  for await (const { lines } of readSamples(path, options)) samples.push(...texts(lines))
  return samples
}

describe('A text file', () => {
  test.each(['a.txt', 'a.md', 'a.py', 'A.CPP'])('is one sample: %s', async (name) => {
    expect(await samplesOf(name, 'a\r\nb\rc\n"d"')).toEqual(['{"text":"a\\nb\\nc\\n\\"d\\""}'])
  })

  test('keeps its byte order mark, and may be empty', async () => {
    expect(await samplesOf('a.txt', '\ufeffa')).toEqual(['{"text":"\ufeffa"}'])
    expect(await samplesOf('a.txt', '')).toEqual(['{"text":""}'])
  })

  test('that is no UTF-8, or too long, comes out as it stands', async () => {
    expect(await samplesOf('a.txt', Buffer.of(97, 255))).toEqual(['a\ufffd'])
    expect(await samplesOf('a.txt', 'abcdef', { maxLineBytes: 5 })).toEqual(['oversize 6'])
  })
})

describe('A .json file', () => {
  test('may hold an array of texts, each a sample', async () => {
    expect(await samplesOf('a.json', '["a", "b\\n"]')).toEqual(['{"text":"a"}', '{"text":"b\\n"}'])
  })
})

test('A format that is named comes before the ending', async () => {
  expect(await samplesOf('a.txt', 'a,b\n1,x\n', { format: 'csv' })).toEqual(['{"a":1,"b":"x"}'])
})
