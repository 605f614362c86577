import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { columnNames, readCsv } from '../../../../services/connectors/readers/csv-reader.ts'
import { fieldsOf, rowSplitter } from '../../../../services/connectors/readers/csv-rows.ts'
import { floatJson, inferType, parseFloat64 } from '../../../../services/connectors/readers/csv-types.ts'
import { Failure } from '../../../../topologies/failure.ts'
import { newFolder, texts } from '../folders.ts'

async function samplesOf(content: string | Buffer, name = 'a.csv'): Promise<string[]> {
  const path = join(await newFolder(), name)
  await writeFile(path, content)
  const samples: string[] = []
  try {
    for await (const { lines } of readCsv(path, name.endsWith('tsv') ? '\t' : ',')) samples.push(...texts(lines))
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown
    samples.push(`${thrown.code}: ${thrown.message.slice(path.length + 1)}`)
  }
  return samples
}

describe('The rows of a CSV file', () => {
  test.each([
    ['quotes and line breaks in quotes', 'text,n\n"a ""b"" c",1\n"x\ny\r\nz",2\n', ['a "b" c', 'x\ny\r\nz']],
    ['quotes within a field', 'text,n\nab"c"d,3\n"ab"cd,4\n', ['ab"c"d', 'abcd']],
    ['a mark, CR LF and blank rows', '\ufefftext,n\r\nä,1\r\n\r\n  \r\nb,2\r\n', ['ä', 'b']],
    ['CR alone', 'text,n\ra,1\rb,2\r', ['a', 'b']],
    ['no line break at the end', 'text,n\na,1', ['a']],
  ])('may have %s', async (_, content, expected) => {
    const samples = await samplesOf(content)
    expect(samples.map((sample) => JSON.parse(sample).text)).toEqual(expected)
  })

  test('are typed as pandas types them', async () => {
    const rows = [
      'text,i,f,b,u,na,mix,e',
      'a,1,1.5,True,18446744073709551615,,1,1e5',
      'b,,2,false,3,NA,x,.5',
      'None, 7 ,+3.,TRUE,5,null,2,-1E-7',
    ]
    expect(await samplesOf(rows.join('\n'))).toEqual([
      '{"text":"a","i":1.0,"f":1.5,"b":true,"u":18446744073709551615,"na":null,"mix":"1","e":100000.0}',
      '{"text":"b","i":null,"f":2.0,"b":false,"u":3,"na":null,"mix":"x","e":0.5}',
      '{"text":null,"i":7.0,"f":3.0,"b":true,"u":5,"na":null,"mix":"2","e":-1e-07}',
    ])
  })

  test('that are short are filled, and those that are long come out as they stand', async () => {
    expect(await samplesOf('a,b,c\n1,2\n1,2,3\n1,2,3,4\n')).toEqual([
      '{"a":1,"b":2,"c":null}',
      '{"a":1,"b":2,"c":3.0}',
      '1,2,3,4',
    ])
  })

  test('have an index where the first one has more fields than there are names', async () => {
    expect(await samplesOf('a,b\n1,2,3\n')).toEqual(['{"a":2,"b":3,"__index_level_0__":1}'])
  })

  test('that are no UTF-8 come out as they stand', async () => {
    const samples = await samplesOf(Buffer.concat([Buffer.from('a,b\n1,'), Buffer.of(255), Buffer.from('\n2,x\n')]))
    expect(samples).toEqual(['1,\ufffd', '{"a":2,"b":"x"}'])
  })

  test('keep the types of the first ten thousand; what does not fit later comes out as it stands', async () => {
    const rows = Array.from({ length: 10_000 }, (_, i) => `${i},`)
    const samples = await samplesOf(['a,b', ...rows, 'x,1.50', '7,2.5', '8,late'].join('\n'))
    expect(samples.slice(-3)).toEqual(['x,1.50', '{"a":7,"b":2.5}', '8,late'])
  })

  test('end with a failure that names the line where quotes are never closed', async () => {
    expect(await samplesOf('a,b\n1,2\n1,"x\n2,3\n')).toEqual([
      '{"a":1,"b":2}',
      expect.stringMatching(/^input_corrupt: is damaged: the quotes of the row that begins in line 3 /),
    ])
  })

  test('may have tabs between their fields', async () => {
    expect(await samplesOf('text\tn\na b\t1\n"q\tq"\t2\n\t\n', 'a.tsv')).toEqual([
      '{"text":"a b","n":1.0}',
      '{"text":"q\\tq","n":2.0}',
      '{"text":null,"n":null}',
    ])
  })

  test('of an empty file, or of one that has names only, are none', async () => {
    expect([await samplesOf(''), await samplesOf('a,b\n')]).toEqual([[], []])
  })

  test('are the same however the bytes are cut', () => {
    const cell = fc.constantFrom('a', '', '"q,""q"', '"l\nl"', '"c\r\nc"', 'x"y', 'é', ' ')
    const breaks = fc.constantFrom('\n', '\r\n', '\r')
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 1 })), breaks, fc.nat(), (rows, lineBreak, step) => {
        const bytes = Buffer.from(rows.map((row) => row.join(',')).join(lineBreak) + lineBreak)
        const whole = rowSplitter(44, 1_000)
        const cut = rowSplitter(44, 1_000)
        const expected = texts([...whole.push(bytes), ...whole.finish()])
        const lines = []
        const size = 1 + (step % 7)
        for (let at = 0; at < bytes.length; at += size) lines.push(...cut.push(bytes.subarray(at, at + size)))
        expect(texts([...lines, ...cut.finish()])).toEqual(expected)
      }),
    )
  })
})

describe('Fields and names', () => {
  test('are taken out of what writes them', () => {
    const field = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', 'ä') })
    fc.assert(
      fc.property(fc.array(field, { minLength: 1 }), (fields) => {
        const row = fields.map((text) => `"${text.replaceAll('"', '""')}"`).join(',')
        expect(fieldsOf(row, ',')).toEqual(fields)
      }),
    )
  })

  test('of columns are made unlike each other', () => {
    expect(columnNames(['a', 'a', '', 'a.1', ''])).toEqual(['a', 'a.2', 'Unnamed: 2', 'a.1', 'Unnamed: 4'])
  })
})

describe('Types', () => {
  test.each([
    [['1', '-2', ' 3 '], 'int'],
    [['1', ''], 'floated'],
    [['18446744073709551615', '5'], 'int'],
    [['18446744073709551615', '-1'], 'raw'],
    [['18446744073709551615', 'NA'], 'raw'],
    [['99999999999999999999', '1'], 'text'],
    [['-99999999999999999999', '1'], 'text'],
    [['1', '2.5', 'inf'], 'float'],
    [['True', 'FALSE', ''], 'bool'],
    [['1', 'True'], 'text'],
    [['1e', '2'], 'text'],
    [['', 'n/a'], 'empty'],
  ])('of %j are %s', (values, type) => {
    expect(inferType(values)).toBe(type)
  })

  test.each([
    ['0.30000000000000004', '0.3'],
    ['3.141592653589793238', '3.1415926535897927'],
    ['1.7976931348623157e308', '1.7976931348623157e+308'],
    ['4.9e-324', '5e-324'],
    ['123456789012345678', '1.2345678901234568e+17'],
    ['1e16', '1e+16'],
    ['0.0001', '0.0001'],
    ['0.00001', '1e-05'],
    ['-Infinity', 'null'],
  ])('a float of %s is read as pandas reads it and written as Python does: %s', (text, json) => {
    expect(floatJson(parseFloat64(text) ?? Number.NaN)).toBe(json)
  })
})
