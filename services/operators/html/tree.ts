import { Failure } from '../../../topologies/failure.ts'
import {
  BUTTON_SCOPE,
  type Content,
  IMPLIED,
  IMPLIED_THOROUGHLY,
  type Kind,
  kindOf,
  type Namespace,
  type OpenElement,
  SCOPE,
  TABLE_PART,
} from './elements.ts'

/** Insertion modes; those before the head are one, and those of text are handled at once. */
export type Mode =
  | 'before head'
  | 'in head'
  | 'in head noscript'
  | 'after head'
  | 'in body'
  | 'in table'
  | 'in caption'
  | 'in column group'
  | 'in table body'
  | 'in row'
  | 'in cell'
  | 'in template'
  | 'after body'
  | 'in frameset'
  | 'after frameset'
  | 'after after body'
  | 'after after frameset'

/** How the tokenizer goes on behind a start tag. */
export type Following = 'markup' | 'raw text' | 'text with references' | 'plain text'

/** Elements of the stack and of the list of formatting elements that a document may make us look at: for each unit of it, and some tenths of a second in all. */
const LEAST_LOOKS = 2 ** 20
const LOOKS_OF_A_UNIT = 2 ** 10
const MOST_LOOKS = 2 ** 27
/** An element whose mode is asked for costs as much as so many that are looked at. */
const LOOKS_OF_A_MODE = 8

/** A start of a group of formatting elements, such as a table cell. */
export const MARKER = null

/**
 * The tree construction of HTML (https://html.spec.whatwg.org/#tree-construction) as far as it decides which text there is, and
 * in which order: a stack of open elements, each of which knows where its text goes. No tree is made.
 */
export class Tree {
  mode: Mode = 'before head'
  readonly open: OpenElement[] = []
  readonly #kinds = new Map<string, Kind>()
  /** Formatting elements that are opened again where they were closed too early; and markers. */
  formatting: (OpenElement | typeof MARKER)[] = []
  readonly templateModes: Mode[] = []
  readonly root: Content = []
  head: OpenElement | null = null
  form: OpenElement | null = null
  /** Nothing but blanks and comments has been seen. */
  untouched = true
  /** The document is parsed as old browsers did: a table does not end a paragraph. */
  quirks = true
  /** A frameset may still take the place of the body. */
  framesetAllowed = true
  /** Misplaced content goes before the table. */
  fostering = false
  /** The line feed that follows at once is dropped. */
  dropsLineFeed = false
  /** Text in a table, which must be seen whole before it has a place; null when there is none. */
  tableText: string | null = null
  following: Following = 'markup'
  /** Where the raw text of the element that was just opened goes. */
  rawPlace: Content | null = null

  body: OpenElement | null = null
  readonly #mostLooks: number
  #looks = 0
  /** Where the source has its next `&`, as far as it was looked for. */
  ampersand = -1
  /** The source has NUL characters. */
  readonly hasNul: boolean

  constructor(source: string) {
    this.hasNul = source.includes('\0')
    this.#mostLooks = Math.min(MOST_LOOKS, LEAST_LOOKS + LOOKS_OF_A_UNIT * source.length)
    this.push('html', 'html', this.root)
  }

  /**
   * Counts so many elements that were looked at. Throws Failure `operator_failed` when they are too many: the rules of HTML
   * take time by the square of the length for some documents, which are made for that.
   */
  look(count: number): void {
    this.#looks += count
    if (this.#looks > this.#mostLooks)
      throw new Failure('operator_failed', 'The HTML nests or repeats formatting so deeply that it must be an attack.')
  }

  get current(): OpenElement {
    return this.elementAt(this.open.length - 1)
  }

  /** An open element by its place on the stack, which must be one. */
  elementAt(place: number): OpenElement {
    const element = this.open[place]
    if (!element) throw new Error(`The stack of open elements has no place ${place}.`)
    return element
  }

  /** Where a new element or text goes (https://html.spec.whatwg.org/#appropriate-place-for-inserting-a-node). */
  place(): Content | null {
    const { current } = this
    if (!this.fostering || !(current.bits & TABLE_PART) || current.namespace !== 'html') return current.content
    for (let i = this.open.length - 1; i >= 0; i--) {
      const element = this.elementAt(i)
      if (element.namespace === 'html' && element.name === 'table') return element.before
      if (element.namespace === 'html' && element.name === 'template') return null
    }
    return this.root
  }

  insertText(text: string): void {
    this.place()?.push(text)
  }

  /** Opens an element where it belongs. */
  insert(name: string, namespace: Namespace = 'html'): OpenElement {
    return this.push(name, namespace, this.place())
  }

  /** The tokenizer reads on to the end tag of the element that is at hand, whose text goes where it belongs. */
  follow(following: Following): void {
    this.following = following
    this.rawPlace = this.place()
  }

  push(name: string, namespace: Namespace, content: Content | null): OpenElement {
    const kind = this.#kind(namespace === 'html' ? name : `${namespace}:${name}`)
    const element: OpenElement = {
      name,
      namespace,
      bits: kind.bits,
      kind,
      content,
      before: null,
      paragraph: false,
      tag: null,
      signature: null,
      opened: true,
    }
    element.paragraph = isParagraph(element, this.open[this.open.length - 1])
    kind.open++
    this.open.push(element)
    return element
  }

  #kind(key: string): Kind {
    const known = this.#kinds.get(key)
    if (known) return known
    const made = kindOf(key)
    this.#kinds.set(key, made)
    return made
  }

  pop(): OpenElement | undefined {
    const element = this.open.pop()
    if (element) markOpened(element, false)
    return element
  }

  /** Pops until so many elements are left. */
  popTo(length: number): void {
    while (this.open.length > length) this.pop()
  }

  /** Pops up to and including the first element of that name. */
  popUntil(name: string): void {
    for (let element = this.pop(); element; element = this.pop()) {
      if (element.name === name && element.namespace === 'html') return
    }
  }

  /** Pops up to and including the first element of one of these names. */
  popUntilAny(names: readonly string[]): void {
    for (let element = this.pop(); element; element = this.pop()) {
      if (element.namespace === 'html' && names.includes(element.name)) return
    }
  }

  /** Pops until an element of one of these names is the current one. */
  clearTo(names: readonly string[]): void {
    while (!(names.includes(this.current.name) && this.current.namespace === 'html') && this.open.length > 1) this.pop()
  }

  /** Puts an element into the stack, or takes it out, in the middle. */
  splice(at: number, remove: number, ...elements: OpenElement[]): void {
    for (const removed of this.open.splice(at, remove, ...elements)) markOpened(removed, false)
    for (const added of elements) markOpened(added, true)
    this.look(this.open.length - at)
    for (let i = at; i < this.open.length; i++) {
      const element = this.elementAt(i)
      element.paragraph = isParagraph(element, this.open[i - 1])
    }
  }

  remove(element: OpenElement): void {
    if (element.opened) this.splice(this.open.lastIndexOf(element), 1)
  }

  isCurrent(name: string): boolean {
    return this.current.name === name && this.current.namespace === 'html'
  }

  /** An element of HTML is open; of SVG or MathML with `svg:` or `math:` before the name. */
  isOpen(name: string): boolean {
    return (this.#kinds.get(name)?.open ?? 0) > 0
  }

  /** An element of that name is in scope: none that the bits stop at lies over it. */
  inScope(name: string, stop = SCOPE): boolean {
    return this.isOpen(name) && this.#find((element) => element.name === name, stop)
  }

  anyInScope(names: readonly string[], stop = SCOPE): boolean {
    return names.some((name) => this.isOpen(name)) && this.#find((element) => names.includes(element.name), stop)
  }

  /** Whether such an element of HTML is open with none over it that the bits stop at. */
  #find(isSuch: (element: OpenElement) => boolean, stop: number): boolean {
    let i = this.open.length - 1
    let found = false
    for (; i >= 0 && !found; i--) {
      const element = this.elementAt(i)
      found = element.namespace === 'html' && isSuch(element)
      if (!found && element.bits & stop) break
    }
    this.look(this.open.length - i)
    return found
  }

  closeImplied(except = ''): void {
    while (this.current.bits & IMPLIED && this.current.name !== except) this.pop()
  }

  closeImpliedThoroughly(): void {
    while (this.current.bits & IMPLIED_THOROUGHLY) this.pop()
  }

  closeParagraph(): void {
    if (this.current.paragraph) this.popUntil('p')
  }

  clearFormatting(): void {
    while (this.formatting.length > 0 && this.formatting.pop() !== MARKER);
  }
}

function markOpened(element: OpenElement, opened: boolean): void {
  element.opened = opened
  element.kind.open += opened ? 1 : -1
}

function isParagraph(element: OpenElement, above: OpenElement | undefined): boolean {
  if (element.namespace === 'html' && element.name === 'p') return true
  return !(element.bits & (SCOPE | BUTTON_SCOPE)) && above?.paragraph === true
}

/** Where a template or table leads back to when it ends (https://html.spec.whatwg.org/#reset-the-insertion-mode-appropriately). */
export function resetMode(tree: Tree): void {
  for (let i = tree.open.length - 1; i > 0; i--) {
    const mode = modeWithin(tree, tree.elementAt(i))
    tree.look(LOOKS_OF_A_MODE)
    if (!mode) continue
    tree.mode = mode
    return
  }
  tree.mode = tree.head ? 'after head' : 'before head'
}

const MODE_WITHIN: Record<string, Mode> = {
  td: 'in cell',
  th: 'in cell',
  tr: 'in row',
  tbody: 'in table body',
  thead: 'in table body',
  tfoot: 'in table body',
  caption: 'in caption',
  colgroup: 'in column group',
  table: 'in table',
  head: 'in head',
  body: 'in body',
  frameset: 'in frameset',
}

function modeWithin(tree: Tree, element: OpenElement): Mode | undefined {
  if (element.namespace !== 'html') return undefined
  if (element.name === 'template') return tree.templateModes.at(-1)
  return MODE_WITHIN[element.name]
}
