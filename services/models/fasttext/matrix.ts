import type { ByteReader } from '../bytes.ts'

/** Rows of vectors, as fastText keeps them in a file: floats, or codes of a product quantiser. */
export interface Matrix {
  rows: number
  columns: number
  /** Adds a row to a vector, whose kind says whether sums are rounded to 32 bits. */
  add(row: number, vector: Float64Array | Float32Array): void
  /** The dot product of a row and a vector. */
  dot(row: number, vector: Float64Array): number
}

/** Reads a matrix of floats. */
export function readDenseMatrix(file: ByteReader): Matrix {
  const rows = file.int64()
  const columns = file.int64()
  const values = file.floats(rows * columns)
  return {
    rows,
    columns,
    add(row, vector) {
      const start = row * columns
      for (let i = 0; i < columns; i++) vector[i] = (vector[i] as number) + (values[start + i] as number)
    },
    dot(row, vector) {
      const start = row * columns
      let sum = 0
      for (let i = 0; i < columns; i++) sum += (vector[i] as number) * (values[start + i] as number)
      return sum
    },
  }
}

/** Reads a matrix of product-quantised rows, with or without norms that are quantised by themselves. */
export function readQuantisedMatrix(file: ByteReader): Matrix {
  const hasNorms = file.byte() !== 0
  const rows = file.int64()
  const columns = file.int64()
  const codes = file.bytes(file.int32())
  const quantiser = readQuantiser(file)
  if (quantiser.dimension !== columns || codes.length < rows * quantiser.parts)
    throw file.invalid('holds a quantised matrix whose sizes do not agree')
  const normCodes = hasNorms ? file.bytes(rows) : null
  const norms = hasNorms ? readQuantiser(file).centroids : null
  const normOf = (row: number) => (normCodes && norms ? (norms[normCodes[row] as number] as number) : 1)
  const { parts, width, centroids } = quantiser
  return {
    rows,
    columns,
    add(row, vector) {
      const norm = normOf(row)
      for (let part = 0, i = 0; part < parts; part++) {
        let place = quantiser.placeOf(part, codes[row * parts + part] as number)
        const end = Math.min(i + width, columns)
        for (; i < end; i++) vector[i] = (vector[i] as number) + norm * (centroids[place++] as number)
      }
    },
    dot(row, vector) {
      let sum = 0
      for (let part = 0, i = 0; part < parts; part++) {
        let place = quantiser.placeOf(part, codes[row * parts + part] as number)
        const end = Math.min(i + width, columns)
        for (; i < end; i++) sum += (vector[i] as number) * (centroids[place++] as number)
      }
      return sum * normOf(row)
    },
  }
}

/** Centroids for each code of each part. */
const CODES = 256

interface Quantiser {
  dimension: number
  parts: number
  /** Dimensions of a part; the last part may have fewer. */
  width: number
  centroids: Float32Array
  /** Where the centroid of a code begins. */
  placeOf(part: number, code: number): number
}

function readQuantiser(file: ByteReader): Quantiser {
  const dimension = file.int32()
  const parts = file.int32()
  const width = file.int32()
  const lastWidth = file.int32()
  if (dimension <= 0 || width <= 0 || lastWidth <= 0 || (parts - 1) * width + lastWidth !== dimension)
    throw file.invalid('holds a product quantiser whose sizes do not agree')
  const centroids = file.floats(dimension * CODES)
  const placeOf = (part: number, code: number) =>
    part === parts - 1 ? part * CODES * width + code * lastWidth : (part * CODES + code) * width
  return { dimension, parts, width, centroids, placeOf }
}
