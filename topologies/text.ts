/** Something derived from a text, e.g. its words. The function itself is the key under which a Text remembers the result. */
export type View<T> = (text: Text) => T

/**
 * A text with everything that was derived from it, computed once and shared by the operators of a chain.
 * A mapper that changes the text makes a new Text, and so drops the views.
 */
export class Text {
  readonly value: string
  readonly #views = new Map<View<unknown>, unknown>()

  constructor(value: string) {
    this.value = value
  }

  /** The view of this text, computed at the first call. */
  view<T>(derive: View<T>): T {
    const known = this.#views.get(derive)
    if (known !== undefined) return known as T
    const made = derive(this)
    this.#views.set(derive, made)
    return made
  }
}
