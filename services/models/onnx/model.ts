import { Message } from './message.ts'

/** Kinds of numbers, as ONNX numbers them. */
export const FLOAT = 1
export const INT64 = 7
export const DOUBLE = 11

/** A value that a model takes or gives; sizes that are not fixed have names. */
export interface Port {
  name: string
  type: number
  shape: (number | string)[]
}

export interface Weights {
  name: string
  dims: number[]
  data: Float32Array | Float64Array | BigInt64Array
}

/** One step of a model. Attributes are whole numbers, or lists of them. */
export interface Step {
  operator: string
  inputs: string[]
  outputs: string[]
  attributes?: { [name: string]: number | number[] }
}

export interface OnnxModelParts {
  name: string
  inputs: Port[]
  outputs: Port[]
  weights: Weights[]
  steps: Step[]
  /** What the model says of itself, by key. */
  properties?: { [key: string]: string }
}

/** Old enough for every runtime, and new enough for the operators that are used here: sums and new axes are given their axes as values. */
const OPERATOR_SET = 13
const FILE_VERSION = 7
const PRODUCER = 'millrace'

/** A model as an ONNX file has it (onnx.proto of ONNX 1.8). */
export function onnxFile({ name, inputs, outputs, weights, steps, properties = {} }: OnnxModelParts): Uint8Array {
  const graph = new Message()
  for (const step of steps) graph.message(1, node(step))
  graph.text(2, name)
  for (const one of weights) graph.message(5, tensor(one))
  for (const port of inputs) graph.message(11, valueInfo(port))
  for (const port of outputs) graph.message(12, valueInfo(port))
  const model = new Message()
    .int(1, FILE_VERSION)
    .text(2, PRODUCER)
    .message(7, graph)
    .message(8, new Message().text(1, '').int(2, OPERATOR_SET))
  for (const [key, value] of Object.entries(properties)) model.message(14, new Message().text(1, key).text(2, value))
  return model.toBytes()
}

function node({ operator, inputs, outputs, attributes = {} }: Step): Message {
  const message = new Message()
  for (const input of inputs) message.text(1, input)
  for (const output of outputs) message.text(2, output)
  message.text(4, operator)
  for (const [name, value] of Object.entries(attributes)) message.message(5, attribute(name, value))
  return message
}

const ATTRIBUTE_INT = 2
const ATTRIBUTE_INTS = 7

function attribute(name: string, value: number | number[]): Message {
  const message = new Message().text(1, name)
  if (typeof value === 'number') return message.int(3, value).int(20, ATTRIBUTE_INT)
  for (const one of value) message.int(8, one)
  return message.int(20, ATTRIBUTE_INTS)
}

function tensor({ name, dims, data }: Weights): Message {
  const message = new Message()
  for (const dim of dims) message.int(1, dim)
  const type = data instanceof Float32Array ? FLOAT : data instanceof Float64Array ? DOUBLE : INT64
  return message
    .int(2, type)
    .text(8, name)
    .bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
}

function valueInfo({ name, type, shape }: Port): Message {
  const dims = new Message()
  for (const size of shape)
    dims.message(1, typeof size === 'number' ? new Message().int(1, size) : new Message().text(2, size))
  const tensorType = new Message().int(1, type).message(2, dims)
  return new Message().text(1, name).message(2, new Message().message(1, tensorType))
}
