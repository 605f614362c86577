import type { Document } from '../../../schemas/document.ts'
import { readField, writeField } from '../../../schemas/sample.ts'
import { Failure } from '../../../topologies/failure.ts'
import { Text } from '../../../topologies/text.ts'

/** A document on its way through a chain, with the texts that operators have looked at and their views. */
export class Passage {
  readonly document: Document
  readonly #main: string
  #text: Text
  #others: Map<string, Text> | null = null

  constructor(document: Document, mainKey: string) {
    this.document = document
    this.#main = mainKey
    this.#text = new Text(document.text)
  }

  /** The text under this key. Throws `text_missing` or `text_not_a_string` for a field that holds none. */
  text(key: string): Text {
    if (key === this.#main) return this.#text
    const known = this.#others?.get(key)
    if (known) return known
    const value = readField(this.document, key)
    if (value === undefined || value === null)
      throw new Failure('text_missing', `The sample has no text under "${key}".`)
    if (typeof value !== 'string') throw new Failure('text_not_a_string', `The value under "${key}" is not a string.`)
    const text = new Text(value)
    this.#others ??= new Map()
    this.#others.set(key, text)
    return text
  }

  /** Puts a mapper's result in the text's place; all views of the old text are dropped with it. */
  replace(key: string, text: Text): void {
    if (key === this.#main) {
      this.#text = text
      this.document.text = text.value
      return
    }
    Object.assign(this.document, writeField(this.document, key, text.value))
    this.#others?.set(key, text)
  }

  /** Marks that a broken operator let the document pass unprocessed. */
  skip(operator: string): void {
    this.document.skipped.push(operator)
  }
}
