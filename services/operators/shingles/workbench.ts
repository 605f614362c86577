import { LENGTHS, MARKS, MASKS, MESSAGE_BLOCK, STARTS } from '../kernels/layout.ts'
import { type CompiledModule, instantiate, type KernelMemory, memoryOf } from '../kernels/module.ts'

const PAGE = 1 << 16
/** Texts up to this size share one memory; behind a larger one it is given back. Bytes. */
const KEPT_TEXT = 4 << 20
/** Bytes behind a text that a kernel may read. */
const SLACK = 128

/** The memory of a kernel, with a text in it, and the kernel's functions. */
export interface Workbench {
  /** Replaced when the memory grows. */
  bytes: Uint8Array
  /** The same memory, as numbers. */
  words: Uint32Array
  /** By message: where it begins, in bytes. */
  starts: Int32Array
  /** By message: its bytes. */
  lengths: Int32Array
  /** Where texts begin. */
  readonly textAt: number
  /** Makes room for a text of that many bytes. */
  reserve(size: number): void
  call(name: string): (...numbers: number[]) => void
}

/** A workbench for a kernel whose own data ends at `end`; `prepare` writes that data into a new memory. */
export function workbench(module: CompiledModule, end: number, prepare: (buffer: ArrayBuffer) => void): Workbench {
  const textAt = Math.ceil(end / PAGE) * PAGE
  const pagesFor = (size: number) => Math.ceil((textAt + size + SLACK) / PAGE)
  let memory: KernelMemory
  let functionOf: ReturnType<typeof instantiate>
  let room: number
  const view = () => ({
    bytes: new Uint8Array(memory.buffer),
    words: new Uint32Array(memory.buffer),
    starts: new Int32Array(memory.buffer, STARTS),
    lengths: new Int32Array(memory.buffer, LENGTHS),
  })
  const begin = (size: number) => {
    memory = memoryOf(pagesFor(size))
    room = size
    functionOf = instantiate(module, memory)
    const bytes = new Uint8Array(memory.buffer)
    bytes.fill(0xff, MASKS, MASKS + MESSAGE_BLOCK)
    bytes[MARKS + MESSAGE_BLOCK] = 0x80
    prepare(memory.buffer)
  }
  begin(PAGE)
  const bench = {
    ...view(),
    textAt,
    reserve(size: number) {
      const shrinks = room > KEPT_TEXT && size <= KEPT_TEXT
      if (size <= room && !shrinks) return
      begin(Math.max(size, Math.min(2 * size, KEPT_TEXT)))
      Object.assign(bench, view())
    },
    call: (name: string) => functionOf(name),
  }
  return bench
}
