/** A sequence of symbols, none below 0, and its n-grams. */
interface Grams {
  symbols: Int32Array
  n: number
  total: number
}

/** A number for each n-gram, from 0, the same for equal ones. */
export interface Names {
  names: Int32Array
  distinct: number
}

/**
 * Names all n-grams by doubling: a gram of twice the length is a pair of grams, and equal pairs get one name (Karp, Miller and
 * Rosenberg, 1972). No hash decides what is equal, and no sequence takes longer than any other of its length.
 */
export function nameGrams({ symbols, n, total }: Grams): Names {
  let named = nameSymbols(symbols)
  for (let width = 1; width < n; ) {
    const step = Math.min(width, n - width)
    width += step
    named = namePairs(named, step, symbols.length - width + 1)
  }
  return { names: named.names.subarray(0, total), distinct: named.distinct }
}

/** Names single symbols in the order of their size. */
function nameSymbols(symbols: Int32Array): Names {
  let largest = 0
  for (let i = 0; i < symbols.length; i++) largest = Math.max(largest, symbols[i] as number)
  const known = new Int32Array(largest + 1)
  const names = new Int32Array(symbols.length)
  let distinct = 0
  for (let i = 0; i < symbols.length; i++) {
    const symbol = symbols[i] as number
    if (known[symbol] === 0) known[symbol] = ++distinct
    names[i] = (known[symbol] as number) - 1
  }
  return { names, distinct }
}

/** Names the pairs of a name and the one `step` places behind it. */
function namePairs(named: Names, step: number, total: number): Names {
  return named.distinct ** 2 <= total * 4 ? namePairsByTable(named, step, total) : namePairsByOrder(named, step, total)
}

/** With a place in a table for each pair that could be. */
function namePairsByTable({ names, distinct }: Names, step: number, total: number): Names {
  const known = new Int32Array(distinct * distinct)
  const made = new Int32Array(total)
  let count = 0
  for (let i = 0; i < total; i++) {
    const pair = (names[i] as number) * distinct + (names[i + step] as number)
    if (known[pair] === 0) known[pair] = ++count
    made[i] = (known[pair] as number) - 1
  }
  return { names: made, distinct: count }
}

/**
 * With the places in the order of the first name: among those that share it, a second name that was not met yet begins a new
 * pair.
 */
function namePairsByOrder({ names, distinct }: Names, step: number, total: number): Names {
  const order = placesByName(names, distinct, total)
  const made = new Int32Array(total)
  /** Two for each second name: the first name that it was last met with, + 1, and the name of that pair. */
  const pairs = new Int32Array(distinct * 2)
  let count = 0
  for (let k = 0; k < total; k++) {
    const place = order[k] as number
    const first = (names[place] as number) + 1
    const second = (names[place + step] as number) * 2
    if (pairs[second] !== first) {
      pairs[second] = first
      pairs[second + 1] = count++
    }
    made[place] = pairs[second + 1] as number
  }
  return { names: made, distinct: count }
}

function placesByName(names: Int32Array, distinct: number, total: number): Int32Array {
  const ends = new Int32Array(distinct)
  for (let i = 0; i < total; i++) ends[names[i] as number] = (ends[names[i] as number] as number) + 1
  for (let name = 1; name < distinct; name++) ends[name] = (ends[name] as number) + (ends[name - 1] as number)
  const order = new Int32Array(total)
  for (let i = total - 1; i >= 0; i--) {
    const name = names[i] as number
    const at = (ends[name] as number) - 1
    ends[name] = at
    order[at] = i
  }
  return order
}
