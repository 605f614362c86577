import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  type Node,
  type Pair,
  parseDocument,
  type Scalar,
  type YAMLMap,
} from 'yaml'
import { type Path, type Place, pathText } from '../problem.ts'
import type { YamlEntry, YamlMap, YamlNode } from './node.ts'
import { resolveScalar } from './scalar.ts'

/** Characters; the longest official recipe has under 60,000. */
const LONGEST_SOURCE = 1_000_000
/** Nodes with every alias written out: what stops a few lines of aliases from growing to gigabytes. */
const MOST_NODES = 100_000
const DEEPEST_NESTING = 100

/** A key that stands twice in one mapping; the last one counts. */
export interface Duplicate {
  path: string
  place: Place
}

/** Why a text is no YAML that a recipe may be. */
export interface YamlFault {
  message: string
  place: Place
}

/** Reads a text as one YAML document as PyYAML's safe loader does. Never throws: what is wrong with it comes back as a fault. */
export function readYaml(source: string): { root: YamlNode; duplicates: Duplicate[] } | { fault: YamlFault } {
  const placeAt = placesOf(source)
  if (source.length > LONGEST_SOURCE) {
    return { fault: { message: `has more than ${LONGEST_SOURCE} characters`, place: placeAt(0) } }
  }
  const document = parseDocument(source, { version: '1.1', schema: 'failsafe', uniqueKeys: false, prettyErrors: false })
  const error = document.errors[0]
  if (error) return { fault: { message: `is not YAML: ${sentence(error.message)}`, place: placeAt(error.pos[0]) } }
  try {
    return new Reader(placeAt).read(document)
  } catch (thrown) {
    if (thrown instanceof Refusal) return { fault: { message: thrown.message, place: placeAt(thrown.offset) } }
    throw thrown
  }
}

/** Offset to line and column; offsets outside of the text are drawn to its ends. */
function placesOf(source: string): (offset: number) => Place {
  const starts = [0]
  for (let at = source.indexOf('\n'); at !== -1; at = source.indexOf('\n', at + 1)) starts.push(at + 1)
  return (offset) => {
    const inside = Math.min(Math.max(offset, 0), source.length)
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((starts[middle] ?? 0) <= inside) low = middle
      else high = middle - 1
    }
    return { line: low + 1, column: inside - (starts[low] ?? 0) + 1 }
  }
}

/** The parser's message as the rest of a sentence. */
function sentence(message: string): string {
  if (message.startsWith('Maximum call stack')) return 'it nests too deeply'
  if (message.startsWith('Source contains multiple documents')) return 'a recipe is one document, without --- inside'
  return `${message.charAt(0).toLowerCase()}${message.slice(1)}`
}

/** Ends a reading from any depth; never leaves this file. */
class Refusal extends Error {
  readonly offset: number

  constructor(message: string, offset: number) {
    super(message)
    this.offset = offset
  }
}

/** Turns the parser's tree into ours, in document order, so that an alias means the last anchor of its name before it. */
class Reader {
  readonly #placeAt: (offset: number) => Place
  readonly #anchors = new Map<string, YamlNode | 'open'>()
  readonly #duplicates: Duplicate[] = []

  constructor(placeAt: (offset: number) => Place) {
    this.#placeAt = placeAt
  }

  read(document: Document): { root: YamlNode; duplicates: Duplicate[] } {
    return { root: this.#node(document.contents, [], 0), duplicates: this.#duplicates }
  }

  #node(node: unknown, path: Path, fallback: number): YamlNode {
    const source = node as Node | null | undefined
    const offset = source?.range?.[0] ?? fallback
    if (path.length > DEEPEST_NESTING) throw new Refusal(`nests deeper than ${DEEPEST_NESTING} levels`, offset)
    if (!source) return this.#scalar(null, offset)
    if (isAlias(source)) return this.#alias(source.source, offset)
    if (source.anchor) this.#anchors.set(source.anchor, 'open')
    const made = this.#content(source, path, offset)
    if (source.anchor) this.#anchors.set(source.anchor, made)
    if (made.size > MOST_NODES)
      throw new Refusal(`holds more than ${MOST_NODES} values once its aliases are written out`, offset)
    if (made.height > DEEPEST_NESTING) throw new Refusal(`nests deeper than ${DEEPEST_NESTING} levels`, offset)
    return made
  }

  #content(node: Node, path: Path, offset: number): YamlNode {
    if (isMap(node)) return this.#map(node, path, offset)
    if (isScalar(node)) return this.#scalar(scalarValue(node, offset), offset)
    if (node.tag !== undefined && !COLLECTION_TAGS.has(node.tag)) throw new Refusal(strangeTag(node.tag), offset)
    const items = 'items' in node && Array.isArray(node.items) ? node.items : []
    return this.#list(items, path, offset)
  }

  #alias(name: string, offset: number): YamlNode {
    const target = this.#anchors.get(name)
    if (target === undefined) throw new Refusal(`names an anchor that does not exist: *${name}`, offset)
    if (target === 'open') throw new Refusal(`holds itself: *${name} stands inside of &${name}`, offset)
    return target
  }

  #scalar(value: unknown, offset: number): YamlNode {
    return { kind: 'scalar', place: this.#placeAt(offset), value, size: 1, height: 1 }
  }

  #list(sources: unknown[], path: Path, offset: number): YamlNode {
    const items = sources.map((item, index) => this.#node(item, [...path, index], offset))
    const value = items.map((item) => item.value)
    return { kind: 'list', items, place: this.#placeAt(offset), value, ...extent(items) }
  }

  #map(source: YAMLMap, path: Path, offset: number): YamlMap {
    const merged = new Map<string, YamlEntry>()
    const own = new Map<string, YamlEntry>()
    for (const pair of source.items as Pair[]) {
      const at = (pair.key as Node | null)?.range?.[0] ?? offset
      const key = this.#key(pair.key, path, at)
      const node = this.#node(pair.value, [...path, key], at)
      if (isMergeKey(pair.key)) mergeInto(merged, node, at)
      else this.#put(own, key, { place: this.#placeAt(at), node }, path)
    }
    // explicit keys win over merged ones, wherever `<<` stands
    const entries = new Map([...merged, ...own])
    const pairs = [...entries].map(([key, entry]): [string, unknown] => [key, entry.node.value])
    const nodes = [...entries.values()].map((entry) => entry.node)
    return { kind: 'map', entries, place: this.#placeAt(offset), value: Object.fromEntries(pairs), ...extent(nodes) }
  }

  #put(entries: Map<string, YamlEntry>, key: string, entry: YamlEntry, path: Path): void {
    const earlier = entries.get(key)
    if (earlier) this.#duplicates.push({ path: pathText([...path, key]), place: earlier.place })
    entries.set(key, entry)
  }

  #key(key: unknown, path: Path, offset: number): string {
    const node = this.#node(key, path, offset)
    if (node.kind !== 'scalar') throw new Refusal('has a list or mapping as a key', offset)
    return isScalar(key) ? String(key.value) : String(node.value)
  }
}

function extent(nodes: readonly YamlNode[]): { size: number; height: number } {
  let size = 1
  let height = 0
  for (const node of nodes) {
    size += node.size
    height = Math.max(height, node.height)
  }
  return { size, height: height + 1 }
}

function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.type === 'PLAIN' && key.value === '<<'
}

/** `<<: *defaults`, or a list of such, of which the earlier wins. */
function mergeInto(merged: Map<string, YamlEntry>, node: YamlNode, offset: number): void {
  const sources = node.kind === 'list' ? node.items.toReversed() : [node]
  for (const source of sources) {
    if (source.kind !== 'map') throw new Refusal('merges (<<) something that is no mapping', offset)
    for (const [key, entry] of source.entries) merged.set(key, entry)
  }
}

const CORE_TAG = 'tag:yaml.org,2002:'
const COLLECTION_TAGS = new Set([`${CORE_TAG}map`, `${CORE_TAG}seq`])
const RESOLVED_TAGS = new Set(['int', 'float', 'bool', 'null'])

function scalarValue(node: Scalar, offset: number): unknown {
  const text = String(node.value ?? '')
  const tag = node.tag?.startsWith(CORE_TAG) ? node.tag.slice(CORE_TAG.length) : node.tag
  if (tag === undefined) return node.type === 'PLAIN' ? resolveScalar(text) : text
  if (tag === 'str') return text
  if (RESOLVED_TAGS.has(tag)) return resolveScalar(text)
  throw new Refusal(strangeTag(tag), offset)
}

function strangeTag(tag: string): string {
  return `uses a tag that means nothing in a recipe: ${tag}`
}
