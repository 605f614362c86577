import type { ProbedDocument, Verdict } from '../../../schemas/dataset.ts'
import type { Document } from '../../../schemas/document.ts'
import type { Exact } from '../../../schemas/json/exact.ts'
import { type Json, lookUp, setOwn } from '../../../schemas/json/keys.ts'
import { exactReader, placeText, readSample, writeFields, writeSample } from '../../../schemas/sample.ts'
import { Failure } from '../../../topologies/failure.ts'
import { type Change, type Subject, TAGS } from '../../../topologies/operator.ts'
import { Text } from '../../../topologies/text.ts'

/** What a document leaves for an operator that looks at the whole data set. */
export type Probe = Pick<ProbedDocument, 'keys' | 'signature' | 'rank'>

/** A document on its way through a chain, with the texts that operators have looked at and their views. */
export class Passage {
  readonly document: Document
  /** What the whole data set has brought to light about it, at a gate. */
  verdict: Verdict | null = null
  probe: Probe | null = null
  readonly #main: string
  #text: Text
  #others: Map<string, Text> | null = null
  /** The sample's fields, parsed when an operator first asks for one. */
  #fields: { [key: string]: Json } | null = null
  #exact: ((key: string) => Exact | undefined) | null = null

  constructor(document: Document, mainKey: string) {
    this.document = document
    this.#main = mainKey
    this.#text = new Text(document.text)
  }

  /** The text under this key. Throws `text_missing` or `text_not_a_string` for a field that holds none. */
  text(key: string): Text {
    if (this.#isText(key)) return this.#text
    const known = this.#others?.get(key)
    if (known) return known
    const value = this.field(key)
    if (value === undefined || value === null)
      throw new Failure('text_missing', `The sample has no text under "${key}".`)
    if (typeof value !== 'string') throw new Failure('text_not_a_string', `The value under "${key}" is not a string.`)
    const text = new Text(value)
    this.#others ??= new Map()
    this.#others.set(key, text)
    return text
  }

  /** The value at a key or path of the sample; undefined when there is none. */
  field(key: string): Json | undefined {
    if (this.#isText(key)) return this.#text.value
    return lookUp(this.#holdsText(key) ? this.#whole() : this.#parsed(), key)
  }

  /** The same, with numbers as they are spelt and keys in their order. */
  exact(key: string): Exact | undefined {
    if (this.#isText(key)) return this.#text.value
    if (this.#holdsText(key)) return exactReader({ fields: writeSample(this.document) })(key)
    this.#exact ??= exactReader(this.document)
    return this.#exact(key)
  }

  /** What an operator sees that works on samples. */
  subject(textKey: string): Subject {
    return {
      textKey,
      keys: () => Object.keys(this.#parsed()),
      text: () => this.text(textKey),
      field: (key) => this.field(key),
      exact: (key) => this.exact(key),
      sample: () => this.#whole(),
      stats: () => this.document.stats,
      source: () => this.document.source,
    }
  }

  /** Puts a mapper's result in the text's place; all views of the old text are dropped with it. */
  replace(key: string, text: Text): void {
    if (key === this.#main) {
      if (this.document.textAt < 0) {
        Object.assign(this.document, placeText(this.document, key))
        this.#forget()
      }
      this.#text = text
      this.document.text = text.value
      return
    }
    this.#write({ [key]: text.value })
    this.#others?.set(key, text)
  }

  /** Makes the document what a mapper says; when that cannot be done, the document stays as it was. */
  change(textKey: string, change: Change): void {
    const before = { ...this.document }
    try {
      this.#become(textKey, change)
    } catch (thrown) {
      Object.assign(this.document, before)
      this.#text = new Text(before.text)
      this.#others = null
      this.#forget()
      throw thrown
    }
  }

  #become(textKey: string, { text, fields = {}, tags, whole }: Change): void {
    if (whole) this.#empty()
    const { [this.#main]: main, ...others } = fields
    if (typeof main === 'string') this.replace(this.#main, new Text(main))
    else if (main !== undefined) others[this.#main] = main
    if (tags) others[TAGS] = this.#tagged(tags)
    if (text !== undefined) this.replace(textKey, new Text(text))
    if (Object.keys(others).length > 0) this.#write(others)
  }

  /** The same document once more, as the part of this number. */
  part(number: number): Passage {
    const { id, stats, repairs, skipped } = this.document
    const document = { ...this.document, id: `${id}.${number}`, stats: { ...stats }, repairs, skipped: [...skipped] }
    return new Passage(document, this.#main)
  }

  /** Marks that a broken operator let the document pass unprocessed. */
  skip(operator: string): void {
    this.document.skipped.push(operator)
  }

  /** Whether the main text lies under this key; a sample may be without one. */
  #isText(key: string): boolean {
    return key === this.#main && this.document.textAt >= 0
  }

  /** Whether the main text is the value under this key, or lies somewhere within it. */
  #holdsText(key: string): boolean {
    return this.document.textAt >= 0 && (key === this.#main || this.#main.startsWith(`${key}.`))
  }

  /** The tags that the document has and these. Throws `operator_failed` where something else stands in their place. */
  #tagged(tags: { [name: string]: Exact }): Map<string, Exact> {
    const there = this.exact(TAGS)
    const known = there === undefined ? new Map<string, Exact>() : there
    if (!(known instanceof Map)) {
      throw new Failure('operator_failed', `The sample's member ${TAGS} is no object, so no tag can be written there.`)
    }
    for (const [name, value] of Object.entries(tags)) known.set(name, value)
    return known
  }

  #write(values: { [key: string]: Exact }): void {
    if (Object.keys(values).some((key) => this.#holdsText(key))) this.#writeAround(values)
    else Object.assign(this.document, writeFields(this.document, values))
    for (const key of Object.keys(values)) this.#others?.delete(key)
    this.#forget()
  }

  /** Writes values of which one has the main text within it: the text is put back before, and looked for behind it. */
  #writeAround(values: { [key: string]: Exact }): void {
    const { fields: written } = writeFields({ fields: writeSample(this.document), textAt: -1 }, values)
    const { text, fields, textAt } = readSample(written, {
      textKey: this.#main,
      maxDepth: Infinity,
      textOptional: true,
    })
    Object.assign(this.document, { text, fields, textAt })
    this.#text = new Text(text)
  }

  /** Leaves nothing of the sample, not even a place for a text. */
  #empty(): void {
    Object.assign(this.document, { fields: Buffer.from('{}'), text: '', textAt: -1 })
    this.#text = new Text('')
    this.#others = null
    this.#forget()
  }

  /** What was read of the fields is no longer so. */
  #forget(): void {
    this.#fields = null
    this.#exact = null
  }

  #parsed(): { [key: string]: Json } {
    const { fields } = this.document
    this.#fields ??= JSON.parse(Buffer.from(fields.buffer, fields.byteOffset, fields.byteLength).toString())
    return this.#fields ?? {}
  }

  /** A fresh copy, because operators may change it, with the text back in its place. */
  #whole(): { [key: string]: Json } {
    const sample = structuredClone(this.#parsed())
    if (this.document.textAt < 0) return sample
    if (Object.hasOwn(sample, this.#main) || !this.#main.includes('.')) {
      setOwn(sample, this.#main, this.#text.value)
      return sample
    }
    const path = this.#main.split('.')
    const last = path.pop() ?? ''
    const holder = lookUp(sample, path.join('.'))
    if (typeof holder === 'object' && holder !== null && !Array.isArray(holder)) setOwn(holder, last, this.#text.value)
    return sample
  }
}
