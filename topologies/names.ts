import type { Resource } from './operator.ts'

/** Kafka takes topic names of 1 to 249 of these characters, but not `.` and `..`. */
const TOPIC_LIMIT = 249
const TOPIC_CHARACTERS = /^[A-Za-z0-9._-]+$/
const PIPELINE = /^[a-z0-9][a-z0-9._-]*$/

/** Header names. Errors go under the names of Kafka Streams and Kafka Connect, so that their tools read our dead letters, and ours. */
export const HEADERS = {
  /** `file:line` of a raw record, text. */
  source: 'millrace.source',
  /** Place in the order of the whole input: 8 bytes, big-endian. */
  ordinal: 'millrace.ordinal',
  /** Fingerprint of the recipe that a document has been processed by, text. */
  version: 'millrace.recipe',
  /** An end marker: the run's id, text. */
  end: 'millrace.end',
  /** Number of the block in which a document's probes went to an index, text. */
  block: 'millrace.block',
  /** A document's place in the order of its data set: bytes that sort alike. */
  order: 'millrace.order',
  /** What is known of a document at a gate, Avro. It never travels on a topic. */
  verdict: 'millrace.verdict',
  /** A line too long for a topic: JSON of its length, SHA-256 and place; the record's value is only its beginning. */
  oversize: 'millrace.oversize',
  /** A record that was a dead letter: JSON of where it goes on, and of the record that it stands for. */
  resume: 'millrace.resume',
  /** Its document as it stood before the operator at which it goes on, Avro; where the value does not say the same. */
  resumeDocument: 'millrace.resume.document',
  /** The whole story of a dead letter, Avro. */
  deadLetter: 'millrace.dead-letter',
  pipeline: '__millrace.errors.pipeline',
  stage: '__millrace.errors.stage',
  operator: '__millrace.errors.operator',
  operatorIndex: '__millrace.errors.operator.index',
  code: '__millrace.errors.code',
  attempts: '__millrace.errors.attempts',
  /** Milliseconds since the epoch, decimal text. */
  firstTime: '__millrace.errors.first.time',
  lastTime: '__millrace.errors.last.time',
  recipe: '__millrace.errors.recipe',
  streamsException: '__streams.errors.exception',
  streamsStacktrace: '__streams.errors.stacktrace',
  streamsMessage: '__streams.errors.message',
  streamsTopic: '__streams.errors.topic',
  streamsPartition: '__streams.errors.partition',
  streamsOffset: '__streams.errors.offset',
  connectTopic: '__connect.errors.topic',
  connectPartition: '__connect.errors.partition',
  connectOffset: '__connect.errors.offset',
  connectConnectorName: '__connect.errors.connector.name',
  connectTaskId: '__connect.errors.task.id',
  connectStage: '__connect.errors.stage',
  connectClassName: '__connect.errors.class.name',
  connectExceptionClassName: '__connect.errors.exception.class.name',
  connectExceptionMessage: '__connect.errors.exception.message',
  connectExceptionStacktrace: '__connect.errors.exception.stacktrace',
} as const

/** Topics that outlive a run. */
export interface LastingTopics {
  raw: string
  refined: string
  rejected: string
  deadLetters: string
  ledger: string
}

/** The names of a pipeline's lasting topics, unless the recipe says otherwise. */
export function lastingTopics(pipeline: string): LastingTopics {
  return {
    raw: `${pipeline}.raw`,
    refined: `${pipeline}.refined`,
    rejected: `${pipeline}.rejected`,
    deadLetters: `${pipeline}.dead-letters`,
    ledger: `${pipeline}.ledger`,
  }
}

/** The topic from which a stage behind the first one reads. */
export function channelTopic(pipeline: string, stage: string): string {
  return `${pipeline}.${stage}.in`
}

/**
 * The log of an index that outlives a run: one for each operator, so that nobody reads another's keys.
 * @param occurrence of several operators of one name in a recipe, the how manieth it is, from 1
 */
export function indexTopic(index: string, operator: string, occurrence: number): string {
  const name = legalName(operator).replaceAll('_', '-')
  return `${index}.${name}${occurrence > 1 ? `-${occurrence}` : ''}.index`
}

/** The topic on which a stage learns what is known of the documents that wait before it. */
export function verdictTopic(pipeline: string, stage: string): string {
  return `${pipeline}.${stage}.verdicts`
}

/** The consumer group of a stage. */
export function groupName(pipeline: string, stage: string): string {
  return `${pipeline}.${stage}`
}

/** One transactional producer per group and input partition, so that a new owner of the partition fences the old one. */
export function transactionalId(group: string, topic: string, partition: number): string {
  return `${group}.${topic}.${partition}`
}

/**
 * The name of a stage: its number from 1, and what it runs: the operator when there is one (`03-clean-email-mapper`), else
 * the resource class (`01-cpu`). Numbers keep two digits so that names sort in order.
 */
export function stageName(number: number, resource: Resource, operators: readonly { name: string }[]): string {
  const only = operators.length === 1 ? operators[0]?.name : undefined
  return `${String(number).padStart(2, '0')}-${only === undefined ? resource : legalName(only).replaceAll('_', '-')}`
}

/** A name made of any text by lower-casing it and putting a dash for what a topic name cannot hold; '' when nothing is left. */
export function legalName(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9._]+/g, '-')
    .replace(/^[-._]+|[-._]+$/g, '')
}

/** What is wrong with a pipeline's name, or null. */
export function pipelineNameFault(name: string): string | null {
  if (PIPELINE.test(name)) return null
  return 'must begin with a letter or digit and hold only a-z, 0-9, dot, underscore and dash, since topics are named after it'
}

/** What is wrong with a topic's name, or null. */
export function topicNameFault(name: string): string | null {
  if (name.length > TOPIC_LIMIT) return `has ${name.length} characters; Kafka takes at most ${TOPIC_LIMIT}`
  if (!TOPIC_CHARACTERS.test(name)) return 'may hold only letters, digits, dot, underscore and dash'
  if (name === '.' || name === '..') return 'is no name for a topic'
  return null
}
