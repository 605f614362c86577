import { ByteReader } from '../bytes.ts'
import { type Field, nextField } from '../protobuf.ts'

/** What is read of an ONNX file: its properties, and weights of 64-bit floats in raw form. */
export interface OnnxContents {
  producer: string
  properties: Map<string, string>
  doubles: Map<string, Float64Array>
}

const DOUBLE = 11
const decoder = new TextDecoder()

/** Reads an ONNX file, as far as a linear model needs it. Throws Failure `asset_invalid`. */
export function readOnnx(name: string, bytes: Uint8Array): OnnxContents {
  const contents: OnnxContents = { producer: '', properties: new Map(), doubles: new Map() }
  eachField(name, bytes, (field) => {
    if (field.number === 2) contents.producer = decoder.decode(field.bytes)
    if (field.number === 7) readGraph(name, field.bytes, contents)
    if (field.number === 14) {
      const [key = '', value = ''] = textsOf(name, field.bytes)
      contents.properties.set(key, value)
    }
  })
  return contents
}

function readGraph(name: string, bytes: Uint8Array, { doubles }: OnnxContents): void {
  eachField(name, bytes, (field) => {
    if (field.number !== 5) return
    let type = 0
    let label = ''
    let raw = new Uint8Array(0)
    eachField(name, field.bytes, ({ number, value, bytes: content }) => {
      if (number === 2) type = value
      if (number === 8) label = decoder.decode(content)
      if (number === 9) raw = Uint8Array.from(content)
    })
    if (type === DOUBLE && raw.length % 8 === 0) doubles.set(label, new Float64Array(raw.buffer))
  })
}

function textsOf(name: string, bytes: Uint8Array): string[] {
  const texts: string[] = []
  eachField(name, bytes, ({ number, bytes: content }) => {
    texts[number - 1] = decoder.decode(content)
  })
  return texts
}

function eachField(name: string, bytes: Uint8Array, take: (field: Field) => void): void {
  const reader = new ByteReader(name, bytes)
  for (let field = nextField(reader); field; field = nextField(reader)) take(field)
}
