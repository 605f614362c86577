import type { Path, Place } from '../problem.ts'

interface Placed {
  place: Place
  /** The node as plain data. Data under an alias is shared, not copied. */
  value: unknown
  /** Nodes in the tree below, aliases expanded. */
  size: number
  /** Levels of nesting. */
  height: number
}

export interface YamlMap extends Placed {
  kind: 'map'
  entries: Map<string, YamlEntry>
}

export interface YamlEntry {
  place: Place
  node: YamlNode
}

export interface YamlList extends Placed {
  kind: 'list'
  items: YamlNode[]
}

export interface YamlScalar extends Placed {
  kind: 'scalar'
}

/** A node of a recipe that knows where it stands. */
export type YamlNode = YamlMap | YamlList | YamlScalar

/** The node under a path, or null when the recipe does not go that far down. */
export function nodeAt(root: YamlNode, path: Path): YamlNode | null {
  let node: YamlNode | undefined = root
  for (const step of path) {
    node = childOf(node, step)
    if (!node) return null
  }
  return node
}

/** Where the value under a path stands, or the nearest thing around it. */
export function placeOf(root: YamlNode, path: Path): Place {
  let node = root
  for (const step of path) {
    const child = childOf(node, step)
    if (!child) break
    node = child
  }
  return node.place
}

/** Where the last key of a path stands; the place of the value for an index of a list. */
export function keyPlaceOf(root: YamlNode, path: Path): Place {
  const parent = nodeAt(root, path.slice(0, -1))
  const entry = parent?.kind === 'map' ? parent.entries.get(String(path.at(-1))) : undefined
  return entry?.place ?? placeOf(root, path)
}

function childOf(node: YamlNode, step: string | number): YamlNode | undefined {
  if (node.kind === 'map') return node.entries.get(String(step))?.node
  return node.kind === 'list' ? node.items[Number(step)] : undefined
}
