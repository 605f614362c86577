/** Where an operator thread stands: the batch, the record in it, and the place of the operator in its stage. */
export interface Standing {
  batch: number
  record: number
  /** Place in the stage's list, or DECODING. */
  operator: number
}

const BATCH = 0
const RECORD = 1
const OPERATOR = 2
const MOVES = 3
const NOWHERE = -1
/** The place of no operator: a record is being decoded or encoded. */
export const DECODING = -1

/**
 * A mark that the operator thread moves along its work, in memory that the I/O thread sees: it tells which document hangs, and
 * after a death of the thread, on which it died.
 */
export class Mark {
  readonly memory: SharedArrayBuffer
  readonly #cells: Int32Array

  constructor(memory = new SharedArrayBuffer(16)) {
    this.memory = memory
    this.#cells = new Int32Array(memory)
    if (this.#cells[MOVES] === 0) this.leave()
  }

  record(batch: number, record: number): void {
    this.#cells[BATCH] = batch
    this.#cells[RECORD] = record
    this.operator(DECODING)
  }

  operator(place: number): void {
    this.#cells[OPERATOR] = place
    this.#cells[MOVES] = (this.#cells[MOVES] ?? 0) + 1
  }

  /** No document is being worked on: the thread is idle, or waits for others. */
  leave(): void {
    this.record(NOWHERE, NOWHERE)
  }

  /** Changes whenever the mark is moved. */
  get moves(): number {
    return this.#cells[MOVES] ?? 0
  }

  /** Null while no document is being worked on. */
  get standing(): Standing | null {
    const [batch = NOWHERE, record = NOWHERE, operator = NOWHERE] = this.#cells
    return batch === NOWHERE ? null : { batch, record, operator }
  }
}
