import { BUNDLED_IDS, type SchemaName, type SchemaVersion } from '../ids.ts'
import { EDGE_BLOCK, PROBE_BLOCK, verdictBlockOf } from './dataset-schemas.ts'
import type { RecordSchema } from './record-schema.ts'

const DOCUMENT: RecordSchema = {
  type: 'record',
  name: 'Document',
  namespace: 'millrace',
  doc: 'One sample on its way through a pipeline.',
  fields: [
    {
      name: 'id',
      type: 'string',
      doc: '<partition>-<offset> of the raw record; a part of a split document has .1, .2, ... behind it.',
    },
    {
      name: 'source',
      type: 'string',
      doc: "Where the raw record came from, for people: file:line, or the raw topic's name.",
    },
    { name: 'partition', type: 'int', doc: 'Partition of the raw record.' },
    { name: 'offset', type: 'long', doc: 'Offset of the raw record.' },
    {
      name: 'ordinal',
      type: 'long',
      doc: 'Place in the order of the whole input; the raw offset when its feeder did not count.',
    },
    { name: 'text', type: 'string', doc: 'The text; a lone surrogate, which UTF-8 cannot carry, shows as U+FFFD.' },
    {
      name: 'text_utf16',
      type: ['null', 'bytes'],
      default: null,
      doc: 'The exact text as UTF-16BE code units; only where it holds lone surrogates, else null.',
    },
    {
      name: 'fields',
      type: 'string',
      doc: "The sample's own JSON object, as it came, with the text's value replaced by null.",
    },
    {
      name: 'text_at',
      type: 'int',
      doc: 'Byte position in fields of the null that stands for the text; -1 where the sample has none.',
    },
    {
      name: 'stats',
      type: {
        type: 'map',
        values: ['null', 'boolean', 'long', 'double', 'string', { type: 'array', items: 'double' }],
      },
      doc: 'Measured values by stat key; null is a measured NaN.',
    },
    {
      name: 'repairs',
      type: { type: 'array', items: 'string' },
      default: [],
      doc: "Rules by which the sample's bytes were repaired at the door.",
    },
    {
      name: 'skipped',
      type: { type: 'array', items: 'string' },
      default: [],
      doc: 'Operators that this document passed without being processed.',
    },
  ],
}

const ORIGINAL: RecordSchema = {
  type: 'record',
  name: 'Original',
  namespace: 'millrace',
  doc: 'The document that a duplicate duplicates.',
  fields: [
    { name: 'pipeline', type: 'string', doc: 'Pipeline that it went through.' },
    { name: 'id', type: 'string', doc: 'Its id.' },
    { name: 'source', type: 'string', doc: 'Where its raw record came from, for people.' },
    { name: 'similarity', type: 'double', doc: "How alike they are, from 0 to 1, by the deduplicator's own measure." },
  ],
}

const REJECTION: RecordSchema = {
  type: 'record',
  name: 'Rejection',
  namespace: 'millrace',
  doc: 'A document that an operator dropped on purpose, as it was at that moment.',
  fields: [
    { name: 'document', type: DOCUMENT, doc: 'The document with the stats it had when it was dropped.' },
    { name: 'pipeline', type: 'string', doc: 'Name of the pipeline.' },
    { name: 'recipe', type: 'string', doc: "First 16 hex digits of the SHA-256 of the recipe's meaning." },
    { name: 'stage', type: 'string', doc: 'Name of the stage in which it was dropped.' },
    { name: 'operator', type: 'string', doc: 'Name of the operator that dropped it.' },
    { name: 'operator_index', type: 'int', doc: "Place of the operator in the recipe's process list, from 0." },
    { name: 'reason', type: 'string', doc: "One of the operator's closed set of reasons." },
    {
      name: 'duplicate_of',
      type: ['null', ORIGINAL],
      default: null,
      doc: 'Of a duplicate: the document that stays in its place.',
    },
  ],
}

const DEAD_LETTER: RecordSchema = {
  type: 'record',
  name: 'DeadLetter',
  namespace: 'millrace',
  doc: "Why a record was set aside. Travels in the header millrace.dead-letter of a record whose key, value and other headers are the original's.",
  fields: [
    { name: 'pipeline', type: 'string', doc: 'Name of the pipeline.' },
    { name: 'recipe', type: 'string', doc: "First 16 hex digits of the SHA-256 of the recipe's meaning." },
    { name: 'stage', type: 'string', doc: 'Name of the stage in which it failed.' },
    {
      name: 'operator',
      type: ['null', 'string'],
      default: null,
      doc: 'Name of the operator that failed; null when the record never reached one.',
    },
    {
      name: 'operator_index',
      type: 'int',
      default: -1,
      doc: "Place of the operator in the recipe's process list, from 0; -1 without an operator.",
    },
    { name: 'code', type: 'string', doc: 'Code of the failure, from the table of failures.' },
    { name: 'message', type: 'string', doc: 'The failure in a sentence.' },
    { name: 'stack', type: ['null', 'string'], default: null, doc: 'Stack trace, cut to 4096 bytes.' },
    { name: 'topic', type: 'string', doc: 'Topic from which the record was read.' },
    { name: 'partition', type: 'int', doc: 'Partition from which the record was read.' },
    { name: 'offset', type: 'long', doc: 'Offset of the record in that partition.' },
    { name: 'timestamp', type: 'long', doc: 'Timestamp of the record, milliseconds since the epoch.' },
    { name: 'attempts', type: 'int', default: 1, doc: 'How often it was tried.' },
    { name: 'first_time', type: 'long', doc: 'First failure, milliseconds since the epoch.' },
    { name: 'last_time', type: 'long', doc: 'Latest failure, milliseconds since the epoch.' },
    {
      name: 'document',
      type: ['null', 'string'],
      default: null,
      doc: 'Id of the document; null when the record did not decode.',
    },
    {
      name: 'source',
      type: ['null', 'string'],
      default: null,
      doc: 'Where the raw record came from; null when that is not known.',
    },
    {
      name: 'resumable',
      type: 'boolean',
      default: false,
      doc: "Whether replay can go on at the operator: with before, or else with the document that the record's value says.",
    },
    {
      name: 'before',
      type: ['null', 'bytes'],
      default: null,
      doc: "The document as it stood before the operator, in wire format; null when the record's value says the same, or when it was too large.",
    },
    {
      name: 'stage_start',
      type: 'int',
      default: -1,
      doc: "Place of the stage's first operator in the recipe's process list; -1 when it has none, or that is not known.",
    },
    {
      name: 'displaced',
      type: { type: 'map', values: 'bytes' },
      default: {},
      doc: 'Headers of the record whose names the story took for itself.',
    },
  ],
}

const OPERATOR_TALLY: RecordSchema = {
  type: 'record',
  name: 'OperatorTally',
  namespace: 'millrace',
  doc: 'What one operator did to the documents of one checkpoint.',
  fields: [
    { name: 'index', type: 'int', doc: "Place in the recipe's process list, from 0." },
    { name: 'name', type: 'string', doc: 'Name of the operator.' },
    { name: 'in', type: 'long', doc: 'Documents that reached it.' },
    { name: 'kept', type: 'long', doc: 'Documents that it let pass.' },
    {
      name: 'dropped',
      type: { type: 'map', values: 'long' },
      default: {},
      doc: 'Documents that it dropped, by reason.',
    },
    { name: 'failed', type: 'long', doc: 'Documents on which it failed.' },
    { name: 'skipped', type: 'long', doc: 'Documents that passed it unprocessed.' },
    { name: 'seconds', type: 'double', doc: 'Time that it took.' },
  ],
}

const LETTER_MARK: RecordSchema = {
  type: 'record',
  name: 'LetterMark',
  namespace: 'millrace',
  doc: 'What was done with dead letters in one transaction.',
  fields: [
    { name: 'action', type: 'string', doc: 'replayed or discarded.' },
    { name: 'offsets', type: { type: 'array', items: 'long' }, doc: 'Where they lie on the dead-letter topic.' },
  ],
}

const LEDGER_ENTRY: RecordSchema = {
  type: 'record',
  name: 'LedgerEntry',
  namespace: 'millrace',
  doc: 'What one checkpoint did to one input partition of a stage; written in the same transaction as its outputs and offsets.',
  fields: [
    { name: 'pipeline', type: 'string', doc: 'Name of the pipeline.' },
    { name: 'recipe', type: 'string', doc: "First 16 hex digits of the SHA-256 of the recipe's meaning." },
    { name: 'stage', type: 'string', doc: 'Name of the stage.' },
    { name: 'topic', type: 'string', doc: 'Input topic.' },
    { name: 'partition', type: 'int', doc: 'Input partition.' },
    { name: 'from', type: 'long', doc: 'First offset of the checkpoint.' },
    { name: 'to', type: 'long', doc: 'Offset behind the checkpoint.' },
    { name: 'records', type: 'long', doc: 'Records read, end markers among them.' },
    { name: 'documents', type: 'long', doc: 'Documents that came in.' },
    { name: 'output', type: 'long', doc: 'Documents that went on.' },
    { name: 'rejected', type: 'long', doc: 'Documents dropped on purpose.' },
    { name: 'duplicates', type: 'long', doc: 'Documents dropped as duplicates.' },
    { name: 'dead_letters', type: 'long', doc: 'Records set aside because they failed.' },
    { name: 'split', type: 'long', doc: 'Documents gained by splitting.' },
    { name: 'merged', type: 'long', doc: 'Documents lost by merging.' },
    { name: 'repaired', type: 'long', doc: 'Samples whose bytes were repaired at the door.' },
    { name: 'bytes_in', type: 'long', doc: 'Bytes of the record values read.' },
    { name: 'bytes_out', type: 'long', doc: 'Bytes of the record values written on.' },
    {
      name: 'ended',
      type: { type: 'array', items: 'string' },
      default: [],
      doc: 'Ids of the runs whose end marker was passed.',
    },
    { name: 'at', type: 'long', doc: 'When the checkpoint was written, milliseconds since the epoch.' },
    { name: 'worker', type: 'string', doc: 'Which worker wrote it, for people.' },
    {
      name: 'operators',
      type: { type: 'array', items: OPERATOR_TALLY },
      doc: 'What each operator of the stage did, in order.',
    },
    {
      name: 'replayed',
      type: 'long',
      default: 0,
      doc: 'Documents among those that came in that were dead letters and came once more.',
    },
    {
      name: 'letters',
      type: ['null', LETTER_MARK],
      default: null,
      doc: 'Dead letters of the topic and partition that were settled; null in an entry of a stage.',
    },
  ],
}

const VERDICT_BLOCK = verdictBlockOf(ORIGINAL)

/** A schema as it was before these fields were added. */
function before(schema: RecordSchema, ...added: string[]): RecordSchema {
  return { ...schema, fields: schema.fields.filter(({ name }) => !added.includes(name)) }
}

/** The newest version of each schema, complete in itself. The .avsc files beside this folder are the same, for other languages. */
export const BUNDLED_SCHEMAS: Record<SchemaName, RecordSchema> = {
  document: DOCUMENT,
  rejection: REJECTION,
  dead_letter: DEAD_LETTER,
  ledger_entry: LEDGER_ENTRY,
  probe_block: PROBE_BLOCK,
  edge_block: EDGE_BLOCK,
  verdict_block: VERDICT_BLOCK,
}

/** Every version that was ever bundled, so that what was written with an old one stays readable. */
export const BUNDLED_VERSIONS: readonly SchemaVersion[] = [
  { name: 'document', id: BUNDLED_IDS.document, schema: DOCUMENT },
  { name: 'rejection', id: 1002, schema: before(REJECTION, 'duplicate_of') },
  { name: 'rejection', id: BUNDLED_IDS.rejection, schema: REJECTION },
  { name: 'dead_letter', id: 1003, schema: before(DEAD_LETTER, 'resumable', 'before', 'stage_start', 'displaced') },
  { name: 'dead_letter', id: BUNDLED_IDS.dead_letter, schema: DEAD_LETTER },
  { name: 'ledger_entry', id: 1004, schema: before(LEDGER_ENTRY, 'replayed', 'letters') },
  { name: 'ledger_entry', id: BUNDLED_IDS.ledger_entry, schema: LEDGER_ENTRY },
  { name: 'probe_block', id: BUNDLED_IDS.probe_block, schema: PROBE_BLOCK },
  { name: 'edge_block', id: BUNDLED_IDS.edge_block, schema: EDGE_BLOCK },
  { name: 'verdict_block', id: BUNDLED_IDS.verdict_block, schema: VERDICT_BLOCK },
]
