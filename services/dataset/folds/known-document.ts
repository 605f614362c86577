import type { KnownDocument, ProbedDocument } from '../../../schemas/dataset.ts'

/** A document in an index. */
export interface IndexedDocument extends KnownDocument {
  /** Number of its data set within its pipeline. */
  dataset: number
  signature: Buffer
}

/** The document of a probe. */
export function indexed(
  { order, id, source, rank, signature }: ProbedDocument,
  place: { pipeline: string; partition: number; dataset: number },
): IndexedDocument {
  return { ...place, order, id, source, rank, signature }
}

/** As bytes: partition and data set (u32 each), then order, id, source, pipeline and rank, each behind its length (u16), then the signature. */
export function encodeIndexed(document: IndexedDocument): Buffer {
  const { partition, dataset, order, id, source, pipeline, rank, signature } = document
  const texts = [order, ...[id, source, pipeline, rank === null ? '' : String(rank)].map((text) => Buffer.from(text))]
  const bytes = Buffer.allocUnsafe(8 + texts.reduce((sum, { length }) => sum + 2 + length, 0) + signature.length)
  bytes.writeUInt32BE(partition, 0)
  bytes.writeUInt32BE(dataset, 4)
  let at = 8
  for (const text of texts) {
    bytes.writeUInt16BE(text.length, at)
    bytes.set(text, at + 2)
    at += 2 + text.length
  }
  bytes.set(signature, at)
  return bytes
}

export function decodeIndexed(bytes: Buffer): IndexedDocument {
  let at = 8
  const next = () => {
    const length = bytes.readUInt16BE(at)
    at += 2 + length
    return bytes.subarray(at - length, at)
  }
  const order = next()
  const [id = '', source = '', pipeline = '', rank = ''] = [next(), next(), next(), next()].map(String)
  return {
    partition: bytes.readUInt32BE(0),
    dataset: bytes.readUInt32BE(4),
    order,
    id,
    source,
    pipeline,
    rank: rank === '' ? null : BigInt(rank),
    signature: bytes.subarray(at),
  }
}
