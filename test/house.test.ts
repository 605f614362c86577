import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { COMMANDS } from '../services/cli/command-line.ts'
import { catalog } from '../services/operators/catalog.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** Which rooms, or single files of them, each room may import besides itself. The deepest matching room decides. */
const MAY_IMPORT: Record<string, string[]> = {
  schemas: [],
  topologies: ['schemas'],
  'services/assets': ['topologies'],
  'services/python': ['topologies'],
  'services/scoring': ['topologies'],
  'services/downloads': ['topologies', 'services/connectors/directories.ts'],
  'services/endpoints': ['topologies', 'schemas'],
  // engines of models: arithmetic over the bytes of a file, which whoever uses them has read
  'services/models': ['topologies/failure.ts'],
  'services/operators': ['topologies', 'schemas', 'services/models'],
  'services/brokers': ['topologies/failure.ts'],
  'services/connectors': ['schemas', 'topologies/failure.ts'],
  'services/registry': ['schemas', 'topologies/failure.ts'],
  'services/worker': ['topologies', 'schemas', 'services/brokers/broker.ts'],
  'services/dataset': ['topologies', 'schemas', 'services/brokers/broker.ts', 'services/worker'],
  // arithmetic over stats, and pages made of it
  'services/analysis': ['schemas'],
  // a consumer's own module: it opens what it needs
  'services/attach': [
    'topologies',
    'schemas',
    'services/brokers',
    'services/registry',
    'services/worker/checkpoint.ts',
    'services/refresh/registry.ts',
  ],
  'services/refresh': [
    'topologies',
    'schemas',
    'services/brokers/broker.ts',
    'services/connectors',
    'services/pipeline',
    'services/dataset/index-log.ts',
  ],
  'services/pipeline': [
    'topologies',
    'schemas',
    'services/brokers/broker.ts',
    'services/worker',
    'services/connectors',
  ],
  'services/cli': ['schemas', 'topologies', 'services'],
  infra: ['schemas', 'topologies', 'services'],
  test: ['schemas', 'topologies', 'services', 'infra'],
}

/** Pure rooms: no file, network, process or clock. Hashing is arithmetic. */
const PURE = ['schemas', 'topologies', 'services/models', 'services/analysis']
/** It hashes with factors that no one can foresee; what comes out does not depend on them. */
const DRAWS = new Set(['services/models/words/memo.ts'])
const PURE_MODULES = new Set(['node:crypto', 'node:buffer'])

const TOP_LEVEL = [
  'README.md',
  'infra',
  'package-lock.json',
  'package.json',
  'recipes',
  'schemas',
  'services',
  'test',
  'topologies',
  'tsconfig.json',
]
const FORBIDDEN_NAMES = /(^|\/)(utils?|helpers?|common|manager|base|misc|index)(\.ts$|\/)/
const LONGEST_FILE = 350
const FULLEST_FOLDER = 15
const DEEPEST = 3

const sources = tracked().filter((path) => path.endsWith('.ts') || path.endsWith('.mjs'))
const imports = sources.flatMap((from) => importsOf(from).map((to) => ({ from, to })))

describe('the house', () => {
  test('has the rooms that its plan names, and no others', () => {
    const top = new Set(tracked().map((path) => path.split('/')[0] ?? ''))
    expect([...top].filter((name) => !name.startsWith('.')).sort()).toEqual(TOP_LEVEL)
  })

  test('lets a room import only what the table allows', () => {
    const wrong = imports.filter(({ from, to }) => isOurs(to) && !allowed(from, to))
    expect(wrong.map(({ from, to }) => `${from} -> ${to}`)).toEqual([])
  })

  test('keeps schemas and topologies free of input and output', () => {
    const wrong = imports.filter(
      ({ from, to }) => PURE.includes(roomOf(from)) && to.startsWith('node:') && !PURE_MODULES.has(to),
    )
    expect(wrong.map(({ from, to }) => `${from} -> ${to}`)).toEqual([])
    const clocks = sources.filter(
      (path) =>
        PURE.includes(roomOf(path)) &&
        !DRAWS.has(path) &&
        /\bDate\.now\(|new Date\(\)|Math\.random\(|performance\.now\(/.test(read(path)),
    )
    expect(clocks).toEqual([])
  })

  test('has no cycle of imports', () => {
    expect(cycles()).toEqual([])
  })

  test('keeps operators apart from each other', () => {
    const operator = /^services\/operators\/(mappers|filters|deduplicators|selectors|groupers)\//
    expect(imports.filter(({ from, to }) => operator.test(from) && operator.test(to))).toEqual([])
  })

  test('keeps the planner from knowing any operator by name', () => {
    const planner = read('topologies/plan.ts')
    expect([...catalog.keys()].filter((name) => planner.includes(name))).toEqual([])
  })

  test('avoids drawers and barrels', () => {
    expect(sources.filter((path) => FORBIDDEN_NAMES.test(path))).toEqual([])
  })

  test(`keeps files under ${LONGEST_FILE} lines, folders under ${FULLEST_FOLDER} files, and is at most ${DEEPEST} folders deep`, () => {
    const long = sources.filter((path) => read(path).split('\n').length > LONGEST_FILE)
    expect(long).toEqual([])
    const folders = new Map<string, number>()
    for (const path of sources) folders.set(dirname(path), (folders.get(dirname(path)) ?? 0) + 1)
    expect([...folders].filter(([, files]) => files > FULLEST_FOLDER)).toEqual([])
    expect(sources.filter((path) => path.split('/').length - 1 > DEEPEST + 1)).toEqual([])
  })

  test('names no path of a machine and no registry host', () => {
    const hosts = [['registry', 'npmjs'].join('.'), ['repo1', 'maven'].join('.'), ['pypi', 'org'].join('.')]
    const paths = [['', 'work', ''].join('/'), ['', 'root', ''].join('/'), ['', 'farm', ''].join('/')]
    const wrong = tracked().filter(
      (path) => isText(path) && [...hosts, ...paths].some((part) => read(path).includes(part)),
    )
    expect(wrong).toEqual([])
  })
})

describe('the catalog', () => {
  test('holds every operator file, under the name that its file has', () => {
    const place =
      /^services\/operators\/(?:(mapper)s\/[^/]+|(filter)s(?:\/[^/]+)?|(deduplicator|selector|grouper)s)\/([^/]+)\.ts$/
    const names = sources.flatMap((path) => {
      const [, mapper, filter, other, file = ''] = place.exec(path) ?? []
      const kind = mapper ?? filter ?? other
      // the kind stands before what tells a variant from the rest
      const [, name, variant = ''] = /^(.*?)(-with-uid)?$/.exec(file) ?? []
      return kind === undefined ? [] : [`${name}_${kind}${variant}`.replaceAll('-', '_')]
    })
    expect([...catalog.keys()].sort()).toEqual(names.sort())
  })
})

describe('the README', () => {
  test('names every command', () => {
    expect(COMMANDS.filter(({ name }) => !read('README.md').includes(`\`${name}`)).map(({ name }) => name)).toEqual([])
  })

  test('gives the reason for every dependency', () => {
    const manifest: { dependencies: object; devDependencies: object } = JSON.parse(read('package.json'))
    const all = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies })
    expect(all.filter((name) => !read('README.md').includes(`\`${name}\``))).toEqual([])
  })
})

function tracked(): string[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
  })
  return listed.split('\n').filter((path) => path !== '' && exists(path))
}

function exists(path: string): boolean {
  return statSync(join(ROOT, path), { throwIfNoEntry: false })?.isFile() ?? false
}

function isText(path: string): boolean {
  return !/\.(gz|zst|png|wasm)$/.test(path)
}

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8')
}

/** Static and dynamic imports of a file: ours as paths from the root, others as they are written. */
function importsOf(path: string): string[] {
  const found = [...read(path).matchAll(/(?:from|import)\s*\(?\s*'([^'\n]+)'/g)]
  return found.map(([, to = '']) => (to.startsWith('.') ? relative('', normalize(join(dirname(path), to))) : to))
}

function isOurs(path: string): boolean {
  return ['schemas', 'topologies', 'services', 'infra', 'test'].includes(path.split('/')[0] ?? '')
}

function roomOf(path: string): string {
  const rooms = Object.keys(MAY_IMPORT).filter((room) => path.startsWith(`${room}/`))
  return rooms.sort((a, b) => b.length - a.length)[0] ?? path
}

function allowed(from: string, to: string): boolean {
  const room = roomOf(from)
  if (to.startsWith(`${room}/`)) return true
  return (MAY_IMPORT[room] ?? []).some((target) => to === target || to.startsWith(`${target}/`))
}

/** Every import that closes a circle, as the way round it. Type imports count: they bind readers too. */
function cycles(): string[] {
  const edges = new Map<string, string[]>()
  for (const { from, to } of imports) if (isOurs(to)) edges.set(from, [...(edges.get(from) ?? []), to])
  const done = new Set<string>()
  const found: string[] = []
  const walk = (path: string, way: string[]): void => {
    const at = way.indexOf(path)
    if (at >= 0) found.push([...way.slice(at), path].join(' -> '))
    if (at >= 0 || done.has(path)) return
    for (const next of edges.get(path) ?? []) walk(next, [...way, path])
    done.add(path)
  }
  for (const path of edges.keys()) walk(path, [])
  return found
}

test('test folders hold no file outside of their kinds', () => {
  const kinds = readdirSync(join(ROOT, 'test'), { withFileTypes: true }).filter((entry) => entry.isDirectory())
  const known = [
    'bench',
    'browser',
    'differential',
    'contract',
    'fault',
    'golden',
    'integration',
    'support',
    'unit',
    'vectors',
  ]
  expect(kinds.map(({ name }) => name).filter((name) => !known.includes(name))).toEqual([])
})
