import type { Mark } from '../thread/mark.ts'
import type { Watch } from './chain.ts'

/** Writes into the mark where the chain stands, when there is one. */
export class MarkWatch implements Watch {
  batch: number
  readonly #mark: Mark | undefined

  constructor(mark: Mark | undefined, batch = 0) {
    this.#mark = mark
    this.batch = batch
  }

  document(index: number): void {
    this.#mark?.record(this.batch, index)
  }

  operator(place: number): void {
    this.#mark?.operator(place)
  }

  leave(): void {
    this.#mark?.leave()
  }

  /** The same for a chain that counts only the records at these places. */
  through(places: number[]): Watch {
    return {
      document: (index) => this.document(places[index] ?? index),
      operator: (place) => this.operator(place),
      leave: () => this.leave(),
    }
  }
}
