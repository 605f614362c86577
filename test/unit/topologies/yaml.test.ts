import { describe, expect, it } from 'vitest'
import type { YamlNode } from '../../../topologies/recipe/yaml/node.ts'
import { readYaml } from '../../../topologies/recipe/yaml/reader.ts'
import { resolveScalar } from '../../../topologies/recipe/yaml/scalar.ts'

function value(source: string): unknown {
  return rootOf(source).value
}

function rootOf(source: string): YamlNode {
  const read = readYaml(source)
  if ('fault' in read) throw new Error(read.fault.message)
  return read.root
}

function faultOf(source: string) {
  const read = readYaml(source)
  return 'fault' in read ? read.fault : null
}

describe('scalars are read as Data-Juicer reads them', () => {
  it.each([
    ['yes', true],
    ['Off', false],
    ['no', false],
    ['y', 'y'],
    ['~', null],
    ['', null],
    ['5e5', 500_000],
    ['1E-3', 0.001],
    ['.5', 0.5],
    ['.5e3', '.5e3'],
    ['.5e+3', 500],
    ['1_000', 1000],
    ['017', 15],
    ['08', '08'],
    ['0o17', '0o17'],
    ['0x1F', 31],
    ['-0b11', -3],
    ['1:30', 90],
    ['1:30.5', 90.5],
    ['0:30', '0:30'],
    ['-.inf', Number.NEGATIVE_INFINITY],
    ['.nan', Number.NaN],
    ['2024-01-31', '2024-01-31'],
    ['1e', '1e'],
    ['._', '._'],
    ['0b_', '0b_'],
  ])('%s', (text, expected) => {
    expect(resolveScalar(text)).toEqual(expected)
  })

  it('a quoted scalar is text whatever it looks like', () => {
    expect(value(`a: '5e5'\nb: "yes"\nc: !!str 7\nd: !!int '7'`)).toEqual({ a: '5e5', b: 'yes', c: '7', d: 7 })
  })
})

describe('a document becomes data that knows its places', () => {
  it('merges mappings, own keys and earlier ones winning', () => {
    const source = 'a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc: {<<: [*a, *b], x: 3}\nd:\n  y: 4\n  <<: *a'
    expect(value(source)).toMatchObject({ c: { x: 3, y: 1, z: 2 }, d: { x: 1, y: 4 } })
  })

  it('takes the last of two equal keys and says where the first one stands', () => {
    const read = readYaml('a: 1\nb:\n  c: 1\n  c: 2\na: 3\n')
    expect(read).toMatchObject({ root: { value: { a: 3, b: { c: 2 } } } })
    expect(read).toMatchObject({
      duplicates: [
        { path: 'b.c', place: { line: 3, column: 3 } },
        { path: 'a', place: { line: 1, column: 1 } },
      ],
    })
  })

  it('takes an alias for the last anchor of its name', () => {
    expect(value('- &a 1\n- *a\n- &a 2\n- *a')).toEqual([1, 1, 2, 2])
  })

  it('keeps a key that is the name of an internal property as data', () => {
    const read = value('__proto__: {polluted: yes}\nconstructor: 1')
    expect(Object.keys(read as object)).toEqual(['__proto__', 'constructor'])
    expect(Object.hasOwn({}, 'polluted')).toBe(false)
  })

  it('counts lines and columns from one, behind CRLF too', () => {
    const root = rootOf('a: 1\r\nbc:\r\n  - x\r\n')
    const entry = root.kind === 'map' ? root.entries.get('bc') : undefined
    expect(entry?.place).toEqual({ line: 2, column: 1 })
    expect(entry?.node.kind === 'list' && entry.node.items[0]?.place).toEqual({ line: 3, column: 5 })
  })
})

describe('what is no recipe is refused with its place', () => {
  it.each([
    ['a bracket that stays open', 'a: [1, 2', { line: 1, column: 9 }],
    ['a mapping in a mapping on one line', 'a: b: c', { line: 1, column: 4 }],
    ['a tab for indentation', 'a:\n\t- b', { line: 2, column: 1 }],
    ['two documents', 'a: 1\n---\nb: 2', { line: 2, column: 1 }],
    ['an anchor that does not exist', 'a: 1\nb: *c', { line: 2, column: 4 }],
    ['a list that holds itself', 'a: &a [*a]', { line: 1, column: 8 }],
    ['a tag of some program', 'a: !!python/object:os.system x', { line: 1, column: 30 }],
    ['a list as a key', '? [a]\n: b', { line: 1, column: 3 }],
    ['a merge of a number', 'a:\n  <<: 7', { line: 2, column: 3 }],
  ])('%s', (_name, source, place) => {
    expect(faultOf(source)?.place).toEqual(place)
  })

  it('aliases that grow to gigabytes cost nothing', () => {
    const levels = Array.from(
      { length: 30 },
      (_, i) =>
        `a${i}: &a${i} [${
          i === 0
            ? 'x'
            : Array(10)
                .fill(`*a${i - 1}`)
                .join(', ')
        }]`,
    )
    expect(faultOf(levels.join('\n'))?.message).toContain('once its aliases are written out')
  })

  it.each([
    ['brackets', '['.repeat(50_000)],
    ['brackets that close', `${'['.repeat(200)}${']'.repeat(200)}`],
    [
      'a chain of aliases',
      Array.from({ length: 300 }, (_, i) => `a${i}: &a${i} [${i === 0 ? 'x' : `*a${i - 1}`}]`).join('\n'),
    ],
  ])('nesting without end is refused: %s', (_name, source) => {
    expect(faultOf(source)?.message).toMatch(/nests/)
  })
})
