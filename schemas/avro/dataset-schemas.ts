import type { RecordSchema } from './record-schema.ts'

const BYTES = { type: 'array', items: 'bytes' }
const STRINGS = { type: 'array', items: 'string' }
const RANK = {
  name: 'rank',
  type: ['null', 'string'],
  default: null,
  doc: 'Of a cluster those of the least rank stay, a whole number in decimal; null: the first.',
}

const PROBED_DOCUMENT: RecordSchema = {
  type: 'record',
  name: 'ProbedDocument',
  namespace: 'millrace',
  doc: 'What of a document goes to the operator that looks at the whole data set.',
  fields: [
    { name: 'order', type: 'bytes', doc: 'Its place in the order of the data set; bytes that sort alike.' },
    { name: 'id', type: 'string', doc: 'Its id.' },
    { name: 'source', type: 'string', doc: 'Where its raw record came from, for people.' },
    { name: 'keys', type: BYTES, doc: 'Keys of the shard by which it is found, or keys of its lines.' },
    {
      name: 'signature',
      type: 'bytes',
      doc: 'What it is compared by, the field that is looked at, or the whole sample.',
    },
    RANK,
  ],
}

export const PROBE_BLOCK: RecordSchema = {
  type: 'record',
  name: 'ProbeBlock',
  namespace: 'millrace',
  doc: 'The probes of some neighbouring documents of one partition that belong to one shard of an index.',
  fields: [
    { name: 'pipeline', type: 'string', doc: 'Name of the pipeline.' },
    { name: 'operator', type: 'string', doc: 'Name of the operator that the index is of.' },
    { name: 'parameters', type: 'string', doc: 'Fingerprint of its parameters.' },
    { name: 'partition', type: 'int', doc: 'Partition of the documents.' },
    { name: 'block', type: 'long', doc: 'Number of the block; it grows within a partition.' },
    { name: 'total', type: 'int', doc: 'Documents of the block over all shards.' },
    { name: 'documents', type: { type: 'array', items: PROBED_DOCUMENT }, doc: 'The documents, in their order.' },
    { name: 'ended', type: STRINGS, default: [], doc: 'Ids of the runs that end behind them in this partition.' },
    { name: 'forgotten', type: STRINGS, default: [], doc: 'Ids of documents that the index is to forget.' },
  ],
}

const KNOWN_DOCUMENT: RecordSchema = {
  type: 'record',
  name: 'KnownDocument',
  namespace: 'millrace',
  doc: 'A document as an index knows it.',
  fields: [
    { name: 'pipeline', type: 'string', doc: 'Pipeline that it went through.' },
    { name: 'partition', type: 'int', doc: 'Its partition.' },
    { name: 'order', type: 'bytes', doc: 'Its place in the order of its data set.' },
    { name: 'id', type: 'string', doc: 'Its id.' },
    { name: 'source', type: 'string', doc: 'Where its raw record came from, for people.' },
    RANK,
  ],
}

const EDGE: RecordSchema = {
  type: 'record',
  name: 'Edge',
  namespace: 'millrace',
  doc: 'Two documents that are alike.',
  fields: [
    { name: 'document', type: KNOWN_DOCUMENT, doc: 'The one that came later.' },
    { name: 'other', type: 'KnownDocument', doc: 'The one that was there before.' },
    { name: 'past', type: 'boolean', doc: 'Whether the other one was released before this data set began.' },
    { name: 'similarity', type: 'double', doc: 'How alike they are, from 0 to 1.' },
  ],
}

export const EDGE_BLOCK: RecordSchema = {
  type: 'record',
  name: 'EdgeBlock',
  namespace: 'millrace',
  doc: 'What one shard of an index found in some probes.',
  fields: [
    { name: 'shard', type: 'int', doc: 'Number of the shard.' },
    { name: 'dataset', type: 'long', doc: 'Number of the data set that the edges belong to.' },
    { name: 'edges', type: { type: 'array', items: EDGE }, doc: 'The edges that it found.' },
    {
      name: 'ended',
      type: ['null', 'string'],
      default: null,
      doc: 'Id of the run whose end the shard has seen on all partitions.',
    },
    {
      name: 'through',
      type: { type: 'array', items: 'long' },
      default: [],
      doc: 'By partition the number of the block that ended it.',
    },
  ],
}

/** The verdicts on some documents, with what is said of a duplicate's original. */
export function verdictBlockOf(original: RecordSchema): RecordSchema {
  const verdict: RecordSchema = {
    type: 'record',
    name: 'Verdict',
    namespace: 'millrace',
    doc: 'What is known of one document of which not all is well.',
    fields: [
      { name: 'order', type: 'bytes', doc: 'Its place in the order of the data set.' },
      { name: 'reason', type: ['null', 'string'], default: null, doc: 'Why it goes; null when it stays.' },
      { name: 'original', type: ['null', original], default: null, doc: 'Of a duplicate: what it duplicates.' },
      { name: 'lines', type: BYTES, default: [], doc: 'Keys of its lines that go.' },
      {
        name: 'sample',
        type: ['null', 'bytes'],
        default: null,
        doc: 'The whole sample that it becomes, as JSON; null when it stays as it is.',
      },
    ],
  }
  return {
    type: 'record',
    name: 'VerdictBlock',
    namespace: 'millrace',
    doc: 'That one of those who judge has judged all documents of a partition up to a block.',
    fields: [
      { name: 'answerer', type: 'int', doc: 'Number of the one who judges.' },
      { name: 'through', type: 'long', doc: 'Number of the block up to which all is judged.' },
      { name: 'verdicts', type: { type: 'array', items: verdict }, doc: 'Documents without one stay.' },
    ],
  }
}
