import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CodecError } from '../../../schemas/codec-error.ts'
import { readField, readSample, type Sample, writeField, writeSample } from '../../../schemas/sample.ts'
import { hostileText } from './arbitraries.ts'

const OPTIONS = { textKey: 'text', maxDepth: 512 }

function read(line: string | Buffer, options: Partial<typeof OPTIONS> = {}): Sample {
  return readSample(Buffer.from(line), { ...OPTIONS, ...options })
}

function code(line: string | Buffer, options: Partial<typeof OPTIONS> = {}): string | null {
  try {
    read(line, options)
    return null
  } catch (thrown) {
    if (thrown instanceof CodecError) return thrown.code
    throw thrown
  }
}

const written = (sample: Sample, options = {}) => writeSample(sample, options).toString()
const fieldsOf = (sample: Pick<Sample, 'fields'>) => Buffer.from(sample.fields).toString()

/** JSON objects with a text somewhere among other members. */
const jsonSamples = fc
  .tuple(
    fc.array(fc.tuple(hostileText, fc.jsonValue({ noUnicodeString: false })), { maxLength: 5 }),
    hostileText,
    fc.nat(),
  )
  .map(([others, text, place]) => {
    const members = others.map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`)
    members.splice(place % (members.length + 1), 0, `"text" :${JSON.stringify(text)}`)
    return { text, line: `{ ${members.join(' , ')}}` }
  })

describe('A JSON line', () => {
  test('is its text, and its object with null in the place of the text', () => {
    const sample = read('{"id": 7, "text": "a\\u00e9\\n水", "n": 1e999}')
    expect(sample).toMatchObject({ text: 'aé\n水', textAt: 18, stats: {}, repairs: [] })
    expect(fieldsOf(sample)).toBe('{"id": 7, "text": null, "n": 1e999}')
  })

  test('comes out with every byte but the text as it came', () => {
    const line = '{"big": 12345678901234567890, "one": 1.0, "e": 1E5, "s": "\\u0041\\/", "text": "x", "a": [ 1 ,2 ]}'
    expect(written(read(line))).toBe(line)
  })

  test('comes out with its text as JSON.stringify writes it', () => {
    expect(written(read('{"text":"\\u6c34\\/\\u0001\\u2028\\ud83d\\u0022"}'))).toBe(
      '{"text":"水/\\u0001\u2028\\ud83d\\""}',
    )
  })

  test('gives text and other members for any text in any place', () => {
    fc.assert(
      fc.property(jsonSamples, ({ text, line }) => {
        const sample = read(line)
        expect(sample.text).toBe(text)
        expect(sample.repairs).toEqual([])
        expect(
          Buffer.from(sample.fields)
            .subarray(sample.textAt, sample.textAt + 4)
            .toString(),
        ).toBe('null')
        expect(written(sample)).toBe(line)
      }),
      { numRuns: 1000 },
    )
  })

  test('counts the last of several texts, as Python does', () => {
    const sample = read('{"text":"first","text":"last"}')
    expect(sample.text).toBe('last')
    expect(fieldsOf(sample)).toBe('{"text":"first","text":null}')
  })

  test('may write its key with escapes, and in any script', () => {
    expect(read('{"te\\u0078t":"a"}').text).toBe('a')
    expect(read('{"正文":"a"}', { textKey: '正文' }).text).toBe('a')
  })

  test('holds its text under the key as it stands, else down the path', () => {
    expect(read('{"meta.body":"flat","meta":{"body":"deep"}}', { textKey: 'meta.body' }).text).toBe('flat')
    const deep = read('{"body":"no","meta":{"x":[{"body":1}],"body":"deep"}}', { textKey: 'meta.body' })
    expect(deep.text).toBe('deep')
    expect(fieldsOf(deep)).toBe('{"body":"no","meta":{"x":[{"body":1}],"body":null}}')
    expect(read('{"a":{"b.c":"x"}}', { textKey: 'a.b.c' }).text).toBe('x')
  })

  test('is not fooled by the key within strings and nested objects', () => {
    expect(read('{"a":"\\"text\\":\\"no\\"","b":{"text":"no"},"text":"yes","c":[{"text":"no"}]}').text).toBe('yes')
  })

  test('loses white space around it, and line breaks between its tokens become spaces', () => {
    const sample = read(' {\r\n"text":\n"a",\n"b":"x\\ny"}\r\n')
    expect(fieldsOf(sample)).toBe('{  "text": null, "b":"x\\ny"}')
  })

  test('brings along the stats that Data-Juicer left, and passes over what is none', () => {
    const sample = read(
      '{"text":"a","__dj__stats__":{"n":1,"r":0.5,"z":-0.0,"l":[1,2.5],"s":"en","x":{"y":1},"m":["a"],"q":null}}',
    )
    expect(sample.stats).toStrictEqual({ n: 1, r: 0.5, z: -0, l: [1, 2.5], s: 'en', q: null })
  })

  test('drops members of Data-Juicer only when it is asked to', () => {
    const line = '{"__dj__a":1, "text":"a", "__dj__stats__":{"n":[1]}, "b":2, "\\u005f_dj__c":3}'
    expect(written(read(line))).toBe(line)
    expect(written(read(line), { dropInternal: true })).toBe('{"text":"a", "b":2}')
    expect(written(read('{"x":{"__dj__a":1},"text":"a"}'), { dropInternal: true })).toBe(
      '{"x":{"__dj__a":1},"text":"a"}',
    )
    expect(written(read('{"__dj__t":{"text":"a"}, "b":1}', { textKey: '__dj__t.text' }), { dropInternal: true })).toBe(
      '{"__dj__t":{"text":"a"}, "b":1}',
    )
  })
})

describe('A line that is refused', () => {
  test.each([
    ['{"text":"a"', 'json_broken'],
    ['', 'json_broken'],
    ['["text"]', 'json_broken'],
    ['"text"', 'json_broken'],
    ['{"text":"a"} {"text":"b"}', 'json_broken'],
    ["{'text':'a'}", 'json_broken'],
    ['{"text":"a\\x"}', 'json_broken'],
    ['{"body":"a"}', 'text_missing'],
    ['{"text":null}', 'text_missing'],
    ['{"text":7}', 'text_not_a_string'],
    ['{"text":["a"]}', 'text_not_a_string'],
  ])('%s is %s', (line, expected) => expect(code(line)).toBe(expected))

  test('because its bytes are not UTF-8', () => {
    expect(code(Buffer.from([...Buffer.from('{"text":"'), 0xe9, ...Buffer.from('"}')]))).toBe('utf8_invalid')
    expect(code(Buffer.from('{"text":"a"}', 'utf16le'))).not.toBeNull()
  })

  test('because it nests too deep, before any parser pays for it', () => {
    expect(code(`{"text":"a","x":${'['.repeat(511)}${']'.repeat(511)}}`)).toBeNull()
    expect(code(`{"text":"a","x":${'['.repeat(512)}${']'.repeat(512)}}`)).toBe('json_too_deep')
    expect(code(`{"text":"a","x":${'{"a":'.repeat(1e6)}`)).toBe('json_too_deep')
    expect(code('['.repeat(5e6))).toBe('json_broken')
    expect(code(`${'['.repeat(5e6)},]`)).toBe('json_broken')
  })

  test('is refused with a code, whatever its bytes', () => {
    const codes = [null, 'json_broken', 'json_too_deep', 'utf8_invalid', 'text_missing', 'text_not_a_string']
    const fragments = fc.array(
      fc.constantFrom(
        '{',
        '}',
        '[',
        ']',
        '"',
        '\\',
        ',',
        ':',
        'text',
        '"text"',
        'null',
        '1',
        '\\u',
        'NaN',
        '\0',
        '\n',
        'é',
      ),
      { maxLength: 30 },
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fragments.map((parts) => Buffer.from(parts.join(''))),
          fc.uint8Array(),
        ),
        (bytes) => {
          expect(codes).toContain(code(Buffer.from(bytes)))
        },
      ),
      { numRuns: 3000 },
    )
  })
})

describe('A damaged line is repaired and marked', () => {
  test.each([
    ['bom', '\ufeff{"text":"a"}', 'a', '{"text":null}'],
    ['nul_padding', '\0\0{"text":"a"}\0\0\0', 'a', '{"text":null}'],
    ['control_characters', '{"text":"a\tb\u0001","x":"\u0000"}', 'a\tb\u0001', '{"text":null,"x":"\\u0000"}'],
    ['control_characters', '{"text":"a\nb"}', 'a\nb', '{"text":null}'],
    ['nan', '{"text":"NaN","x":[NaN,-Infinity, Infinity]}', 'NaN', '{"text":null,"x":[null,null, null]}'],
    ['trailing_comma', '{"text":",}","x":[1,2 , ],}', ',}', '{"text":null,"x":[1,2  ]}'],
    ['truncated_escape', '{"text":"abc\\u12"}', 'abc', '{"text":null}'],
    ['truncated_escape', '{"text":"abc\\\\\\u","b":"\\ud83"}', 'abc\\', '{"text":null,"b":""}'],
    ['lone_backslash', '{"text":"abc\\"}', 'abc', '{"text":null}'],
    ['lone_backslash', '{"text":"say \\"hi\\", ok\\", "b":1}', 'say "hi", ok', '{"text":null, "b":1}'],
  ])('by the rule %s: %j', (rule, line, text, fields) => {
    const sample = read(line)
    expect(sample).toMatchObject({ text, repairs: [rule] })
    expect(fieldsOf(sample)).toBe(fields)
  })

  test('by several rules at once', () => {
    expect(read('\ufeff{"text":"a\tb","n":NaN,}')).toMatchObject({
      text: 'a\tb',
      repairs: ['bom', 'control_characters', 'nan', 'trailing_comma'],
    })
  })

  test('but never a line that is valid as it is', () => {
    expect(read('{"text":"\\\\u12 ,] NaN","x":"Infinity"}')).toMatchObject({ text: '\\u12 ,] NaN', repairs: [] })
    expect(read('{"text":"\ufeff"}')).toMatchObject({ text: '\ufeff', repairs: [] })
  })
})

describe('Another text of a sample', () => {
  const sample = read('{"a":"x","text":"main","m":{"b":"y"},"n":1,"text2":null}')

  test('is read at its key or path', () => {
    expect(readField(sample, 'a')).toBe('x')
    expect(readField(sample, 'm.b')).toBe('y')
    expect(readField(sample, 'n')).toBe(1)
    expect(readField(sample, 'text2')).toBeNull()
    expect(readField(sample, 'm.c')).toBeUndefined()
    expect(readField(sample, 'toString')).toBeUndefined()
  })

  test('is written where it was read, and the main text keeps its place', () => {
    for (const key of ['a', 'm.b', 'new.key', 'text2', '键']) {
      for (const value of ['', 'longer than before\n"', '水\ud83d']) {
        const changed = { ...sample, ...writeField(sample, key, value) }
        expect(readField(changed, key)).toBe(value)
        expect(JSON.parse(written(changed)).text).toBe('main')
      }
    }
    expect(fieldsOf(writeField(sample, 'new.key', 'v'))).toBe(
      '{"a":"x","text":null,"m":{"b":"y"},"n":1,"text2":null,"new.key":"v"}',
    )
  })

  test("is not written over the main text's place", () => {
    expect(() => writeField(sample, 'text', 'b')).toThrow('text')
  })
})
