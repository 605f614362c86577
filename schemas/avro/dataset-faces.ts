import type { Edge, EdgeBlock, KnownDocument, ProbeBlock, ProbedDocument, VerdictBlock } from '../dataset.ts'

/** Values as avsc has them, where they differ from ours: longs are numbers, a rank is text. */
export interface AvroProbeBlock extends Omit<ProbeBlock, 'block' | 'documents'> {
  block: number
  documents: (Omit<ProbedDocument, 'rank'> & { rank: string | null })[]
}
type AvroKnownDocument = Omit<KnownDocument, 'rank'> & { rank: string | null }
export interface AvroEdgeBlock extends Omit<EdgeBlock, 'edges' | 'through'> {
  through: number[]
  edges: (Omit<Edge, 'document' | 'other'> & { document: AvroKnownDocument; other: AvroKnownDocument })[]
}
export type AvroVerdictBlock = Omit<VerdictBlock, 'through'> & { through: number }

export function probesToAvro(block: ProbeBlock): AvroProbeBlock {
  return { ...block, block: Number(block.block), documents: block.documents.map(rankToAvro) }
}

export function probesFromAvro(block: AvroProbeBlock): ProbeBlock {
  return { ...block, block: BigInt(block.block), documents: block.documents.map(rankFromAvro) }
}

export function edgesToAvro(block: EdgeBlock): AvroEdgeBlock {
  const edges = block.edges.map(({ document, other, ...rest }) => ({
    ...rest,
    document: rankToAvro(document),
    other: rankToAvro(other),
  }))
  return { ...block, edges, through: block.through.map(Number) }
}

export function edgesFromAvro(block: AvroEdgeBlock): EdgeBlock {
  const edges = block.edges.map(({ document, other, past, similarity }) => ({
    document: rankFromAvro(document),
    other: rankFromAvro(other),
    past,
    similarity,
  }))
  const { shard, dataset, ended, through } = block
  return { shard, dataset, edges, ended, through: through.map(BigInt) }
}

export function verdictsToAvro(block: VerdictBlock): AvroVerdictBlock {
  return { ...block, through: Number(block.through) }
}

export function verdictsFromAvro({ answerer, through, verdicts }: AvroVerdictBlock): VerdictBlock {
  const plain = verdicts.map(({ original, ...verdict }) => ({ ...verdict, original: original && { ...original } }))
  return { answerer, through: BigInt(through), verdicts: plain }
}

function rankToAvro<T extends { rank: bigint | null }>(document: T): Omit<T, 'rank'> & { rank: string | null } {
  return { ...document, rank: document.rank === null ? null : String(document.rank) }
}

function rankFromAvro<T extends { rank: string | null }>(document: T): Omit<T, 'rank'> & { rank: bigint | null } {
  return { ...document, rank: document.rank === null ? null : BigInt(document.rank) }
}
