import { type Code, type Local, unsignedLeb } from './instructions.ts'

/** Types of values, as a module spells them. */
export const I32 = 0x7f
export const I64 = 0x7e
export const V128 = 0x7b

const HEADER = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]
const FUNCTION_TYPE = 0x60
const IMPORTED_MEMORY = 0x02
const EXPORTED_FUNCTION = 0x00

/** Hands out the locals of a function while its body is written. */
export interface Locals {
  i32(): Local
  i64(): Local
  v128(): Local
}

/** A function of a module that takes numbers of 32 bits and gives none. */
export interface KernelFunction {
  parameters: number
  body(parameter: (index: number) => Local, locals: Locals): Code
}

/** A module, compiled. */
export interface CompiledModule {
  readonly [key: string]: never
}

/** A memory that kernels work on. */
export interface KernelMemory {
  readonly buffer: ArrayBuffer
  /** Adds pages of 64 KB; views of the buffer are then of no more use. */
  grow(pages: number): number
}

/** As far as it is used here; the types of Node do not have it. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => CompiledModule
  Memory: new (size: { initial: number }) => KernelMemory
  Instance: new (module: CompiledModule, imports: object) => { exports: { [name: string]: unknown } }
}

/** A memory of this many pages of 64 KB. */
export function memoryOf(pages: number): KernelMemory {
  return new WebAssembly.Memory({ initial: pages })
}

/** The functions of a module on a memory. */
export function instantiate(
  module: CompiledModule,
  memory: KernelMemory,
): (name: string) => (...numbers: number[]) => void {
  const { exports } = new WebAssembly.Instance(module, { kernel: { memory } })
  return (name) => exports[name] as (...numbers: number[]) => void // assemble() makes no others
}

/** A module of these functions, which work on an imported memory, `kernel.memory`. */
export function assemble(functions: Record<string, KernelFunction>): CompiledModule {
  const list = Object.entries(functions)
  const bytes = [
    ...HEADER,
    ...section(
      1,
      list.map(([, { parameters }]) => [FUNCTION_TYPE, ...sequence(Array(parameters).fill([I32])), 0]),
    ),
    ...section(2, [[...text('kernel'), ...text('memory'), IMPORTED_MEMORY, 0x00, 1]]),
    ...section(
      3,
      list.map((_, i) => unsignedLeb(i)),
    ),
    ...section(
      7,
      list.map(([name], i) => [...text(name), EXPORTED_FUNCTION, ...unsignedLeb(i)]),
    ),
    ...section(
      10,
      list.map(([, made]) => codeOf(made)),
    ),
  ]
  return new WebAssembly.Module(Uint8Array.from(bytes))
}

function codeOf({ parameters, body }: KernelFunction): number[] {
  const types: number[] = []
  const add = (type: number) => local(parameters + types.push(type) - 1)
  const locals = { i32: () => add(I32), i64: () => add(I64), v128: () => add(V128) }
  const code = body(local, locals)
  const declared = sequence(types.map((type) => [1, type]))
  return sized([...declared, ...code, 0x0b])
}

function local(index: number): Local {
  return {
    get: [0x20, ...unsignedLeb(index)],
    set: (value) => [...value, 0x21, ...unsignedLeb(index)],
  }
}

function section(id: number, items: number[][]): number[] {
  return [id, ...sized(sequence(items))]
}

function sequence(items: number[][]): number[] {
  return [...unsignedLeb(items.length), ...items.flat()]
}

function sized(bytes: number[]): number[] {
  return [...unsignedLeb(bytes.length), ...bytes]
}

function text(value: string): number[] {
  return sized([...Buffer.from(value)])
}
