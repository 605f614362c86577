import { unitsOf } from '../text/census.ts'

/** How a text and the words are made alike before they are compared. */
export interface Folding {
  /** Letters are what they are in small letters. */
  ignoreCase: boolean
  /** What cannot be seen is left out, forms of one character are one, and every run of blanks is one blank. */
  normalize: boolean
}

/** A text as it is compared: its units, of which the first `length` count. */
export interface Folded {
  units: Uint16Array
  length: number
}

const INVISIBLE = /^\p{Default_Ignorable_Code_Point}$/u
const BLANK = /^\s$/
const SPACE = 0x20
/** Stands for units that are left out; no character is it. */
const NOTHING = 0xffff
/** Letters of other shapes beyond the first plane: those of mathematics, and squared ones. */
const SHAPES: readonly [first: number, stop: number][] = [
  [0x1d400, 0x1d800],
  [0x1f130, 0x1f14a],
]
/** Tags and selectors, which are invisible. */
const TAGS: readonly [first: number, stop: number] = [0xe0000, 0xe1000]

/** What units and pairs of them become. */
interface Forms {
  table: Uint16Array
  shapes: ReadonlyMap<number, number>
}

/** Made once for each way of folding: all of Unicode is looked at. */
const FORMS = new Map<string, Forms>()

/** Makes texts alike. */
export function folder(folding: Folding): (text: string) => Folded {
  const { table, shapes } = formsFor(folding)
  if (!folding.normalize) return (text) => mapped(unitsOf(text), table)
  return (text) => collapsed(unitsOf(text), table, shapes)
}

function formsFor(folding: Folding): Forms {
  const key = `${folding.ignoreCase} ${folding.normalize}`
  const known = FORMS.get(key)
  if (known) return known
  const table = Uint16Array.from({ length: 0x10000 }, (_, unit) => foldedUnit(unit, folding))
  const forms = { table, shapes: foldedShapes(folding) }
  FORMS.set(key, forms)
  return forms
}

function mapped(units: Uint16Array, table: Uint16Array): Folded {
  for (let i = 0; i < units.length; i++) units[i] = table[units[i] as number] as number
  return { units, length: units.length }
}

/** In place: nothing becomes longer. */
function collapsed(units: Uint16Array, table: Uint16Array, shapes: ReadonlyMap<number, number>): Folded {
  let length = 0
  let before = 0
  for (let i = 0; i < units.length; i++) {
    const unit = units[i] as number
    let folded = table[unit] as number
    if ((unit & 0xfc00) === 0xd800) {
      const shape = shapes.get((unit << 16) | (units[i + 1] ?? 0))
      if (shape !== undefined) {
        folded = shape
        i++
      }
    }
    if (folded === NOTHING || (folded === SPACE && before === SPACE)) continue
    units[length++] = folded
    before = folded
  }
  return { units, length }
}

/** Pairs of surrogates that become one unit or nothing, by both their units. */
function foldedShapes(folding: Folding): ReadonlyMap<number, number> {
  const shapes = new Map<number, number>()
  const put = (point: number, folded: number) => {
    const pair = String.fromCodePoint(point)
    shapes.set((pair.charCodeAt(0) << 16) | pair.charCodeAt(1), folded)
  }
  for (let point = TAGS[0]; point < TAGS[1]; point++) put(point, NOTHING)
  for (const [first, stop] of SHAPES) {
    for (let point = first; point < stop; point++) {
      const plain = String.fromCodePoint(point).normalize('NFKC')
      if (plain.length === 1) put(point, foldedUnit(plain.charCodeAt(0), folding))
    }
  }
  return shapes
}

function foldedUnit(unit: number, { ignoreCase, normalize }: Folding): number {
  const character = String.fromCharCode(unit)
  if (normalize && INVISIBLE.test(character)) return NOTHING
  if (normalize && BLANK.test(character)) return SPACE
  const compatible = normalize ? character.normalize('NFKC') : character
  const plain = compatible.length === 1 ? compatible : character
  return (ignoreCase ? smallLetter(plain) : plain).charCodeAt(0)
}

/** By way of the capital, so that ς, ſ and ı are what σ, s and i are. */
function smallLetter(character: string): string {
  const capital = character.toUpperCase()
  const small = (capital.length === 1 ? capital : character).toLowerCase()
  return small.length === 1 ? small : character
}
