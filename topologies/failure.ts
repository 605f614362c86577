import { CodecError } from '../schemas/codec-error.ts'

/**
 * The one table of failures. A code never changes its meaning; nothing matches on message text.
 * `retryable`: trying the same thing again may succeed. Unknown errors are not retryable.
 * `usage`: the caller can mend it (exit 2); everything else is exit 1.
 */
export const FAILURES = {
  // documents: what lands in a dead letter
  json_broken: { meaning: 'The line is not a JSON object.', retryable: false, usage: false },
  json_too_deep: { meaning: 'The JSON nests deeper than a sample may.', retryable: false, usage: false },
  utf8_invalid: { meaning: 'The bytes are not UTF-8.', retryable: false, usage: false },
  avro_unknown_schema: { meaning: 'The record names a schema id that is not known.', retryable: false, usage: false },
  avro_broken: { meaning: 'The record does not decode with its schema.', retryable: false, usage: false },
  record_empty: { meaning: 'The record has no value.', retryable: false, usage: false },
  text_missing: { meaning: 'The sample has no text under its text key, or null.', retryable: false, usage: false },
  text_not_a_string: { meaning: 'The value under the text key is not a string.', retryable: false, usage: false },
  document_too_large: { meaning: 'The record is larger than the recipe allows.', retryable: false, usage: false },
  operator_failed: { meaning: 'The operator raised an error on this document.', retryable: false, usage: false },
  operator_crashed: {
    meaning: 'The operator took down the process it ran in, or had to be stopped, at this document.',
    retryable: false,
    usage: false,
  },
  operator_timeout: {
    meaning: 'The document kept the operator busy for longer than its time budget.',
    retryable: false,
    usage: false,
  },
  operator_unavailable: {
    meaning: 'What the operator needs is out of order for the moment: another process, a model, an endpoint.',
    retryable: true,
    usage: false,
  },
  download_failed: { meaning: 'A file that a document names could not be fetched.', retryable: true, usage: false },
  address_refused: {
    meaning: 'A document names a place on the network that it may not make us talk to.',
    retryable: false,
    usage: false,
  },
  answer_unusable: { meaning: 'A model gave no answer that the operator can use.', retryable: false, usage: false },
  request_refused: {
    meaning: 'An endpoint refuses what a document makes us ask: it is too long for the model, or not to its liking.',
    retryable: false,
    usage: false,
  },
  budget_spent: {
    meaning: 'What the recipe allows to be spent on asking a model is spent.',
    retryable: false,
    usage: false,
  },
  stopped_by_recipe: { meaning: 'An operator failed and the recipe says stop.', retryable: false, usage: false },
  replay_misplaced: {
    meaning: 'A dead letter was replayed for an operator that the recipe does not have in that place.',
    retryable: false,
    usage: false,
  },
  // recipes and parameters
  recipe_invalid: { meaning: 'The recipe has mistakes.', retryable: false, usage: true },
  parameters_invalid: { meaning: 'The parameters of an operator are wrong.', retryable: false, usage: true },
  operator_unknown: { meaning: 'No operator has that name.', retryable: false, usage: true },
  asset_missing: {
    meaning: 'A word list or model that an operator needs is not there.',
    retryable: false,
    usage: true,
  },
  asset_invalid: {
    meaning: 'A word list or model does not have the form it must have.',
    retryable: false,
    usage: true,
  },
  files_not_allowed: {
    meaning: 'An operator would read files that documents name, and the recipe does not allow it.',
    retryable: false,
    usage: true,
  },
  code_not_allowed: {
    meaning: 'An operator would run code of the recipe, and the recipe does not allow it.',
    retryable: false,
    usage: true,
  },
  downloads_not_allowed: {
    meaning: 'An operator would fetch what documents name on the network, and the recipe does not allow it.',
    retryable: false,
    usage: true,
  },
  endpoints_not_allowed: {
    meaning: 'An operator would send documents to an endpoint that the recipe names and does not allow.',
    retryable: false,
    usage: true,
  },
  dataset_needed: {
    meaning: 'An operator needs the whole data set where documents come one at a time.',
    retryable: false,
    usage: true,
  },
  dataset_unfit: {
    meaning: 'An operator of the whole data set cannot make anything of this one.',
    retryable: false,
    usage: false,
  },
  module_invalid: { meaning: 'A module of the recipe is no operator.', retryable: false, usage: true },
  input_missing: { meaning: 'An input path does not exist or cannot be read.', retryable: false, usage: true },
  unpacked_too_large: {
    meaning: 'Compressed data unpacks to more than is allowed.',
    retryable: false,
    usage: false,
  },
  input_invalid: {
    meaning: 'The samples of an input are not what the validators of the recipe ask for.',
    retryable: false,
    usage: false,
  },
  store_unreachable: { meaning: 'An object store does not answer, or breaks off.', retryable: true, usage: false },
  input_corrupt: { meaning: 'An input is damaged.', retryable: false, usage: false },
  output_unwritable: { meaning: 'An output path cannot be written.', retryable: false, usage: true },
  usage: { meaning: 'The command line is wrong.', retryable: false, usage: true },
  // brokers
  store_unavailable: {
    meaning: 'The local store of an index cannot be read or written, or another process has it.',
    retryable: true,
    usage: false,
  },
  verdicts_pending: {
    meaning: 'Documents wait for what the whole data set has to say of them.',
    retryable: true,
    usage: false,
  },
  index_differs: {
    meaning: 'An index was made by another operator, or with other parameters.',
    retryable: false,
    usage: true,
  },
  broker_unreachable: { meaning: 'No broker answers at that address.', retryable: true, usage: false },
  broker_timeout: {
    meaning: 'The broker did not answer in time; whether it acted is unknown.',
    retryable: true,
    usage: false,
  },
  broker_not_ready: { meaning: 'The broker or its coordinator is still starting.', retryable: true, usage: false },
  broker_denied: {
    meaning: 'The broker refuses this user the topic, group or transaction.',
    retryable: false,
    usage: false,
  },
  broker_untrusted: {
    meaning: 'The broker shows a certificate that is not to be trusted.',
    retryable: false,
    usage: false,
  },
  broker_failed: { meaning: 'The broker refused a request.', retryable: false, usage: false },
  transaction_lost: {
    meaning: 'The broker has ended a transaction by itself or forgotten its producer; the work is begun anew.',
    retryable: true,
    usage: false,
  },
  producer_fenced: { meaning: 'A newer owner of the partition has taken over.', retryable: true, usage: false },
  message_too_large: { meaning: 'The topic does not take a record of this size.', retryable: false, usage: false },
  topic_missing: { meaning: 'The topic does not exist.', retryable: false, usage: false },
  partitions_differ: {
    meaning: 'A topic of the pipeline has fewer partitions than its raw topic.',
    retryable: false,
    usage: false,
  },
  feed_taken_over: { meaning: 'A newer run feeds the same pipeline.', retryable: false, usage: false },
  ledger_unbalanced: {
    meaning: 'What went in and what came out do not agree.',
    retryable: false,
    usage: false,
  },
  plan_changed: {
    meaning: 'Documents of an earlier plan of the pipeline still wait where the new plan does not read.',
    retryable: false,
    usage: false,
  },
  replay_taken_over: {
    meaning: 'Another command began to replay or discard dead letters of the same pipeline.',
    retryable: false,
    usage: false,
  },
  // registry
  registry_denied: {
    meaning: 'The schema registry refuses this user or request.',
    retryable: false,
    usage: false,
  },
  registry_unreachable: { meaning: 'The schema registry does not answer.', retryable: true, usage: false },
  schema_incompatible: {
    meaning: 'The registry refuses a schema that old readers could not read.',
    retryable: false,
    usage: false,
  },
  // running
  interrupted: { meaning: 'The user or the system asked to stop.', retryable: false, usage: false },
  disk_full: { meaning: 'The disk is full.', retryable: false, usage: false },
  worker_died: { meaning: 'The operator thread ended unexpectedly.', retryable: true, usage: false },
  environment_missing: { meaning: 'A program that this needs is not installed.', retryable: false, usage: false },
  unknown: { meaning: 'An error that has no code yet.', retryable: false, usage: false },
} as const satisfies Record<string, { meaning: string; retryable: boolean; usage: boolean }>

export type FailureCode = keyof typeof FAILURES

/** The one error of the house: a code of the table, a sentence for people, and the error that caused it. */
export class Failure extends Error {
  readonly code: FailureCode

  constructor(code: FailureCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options)
    this.name = 'Failure'
    this.code = code
  }

  get retryable(): boolean {
    return FAILURES[this.code].retryable
  }
}

const SYSTEM_CODES: Record<string, FailureCode> = {
  ENOENT: 'input_missing',
  EACCES: 'input_missing',
  ENOSPC: 'disk_full',
  ECONNREFUSED: 'broker_unreachable',
  ENOTFOUND: 'broker_unreachable',
}

/** Any thrown value as a Failure: ours as it is, a system error by its code, all else `unknown`. Never throws. */
export function classify(thrown: unknown): Failure {
  if (thrown instanceof Failure) return thrown
  if (thrown instanceof CodecError) return new Failure(thrown.code, thrown.message, { cause: thrown })
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  const system = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : ''
  // A Failure that was thrown in another thread arrives without its class.
  if (thrown instanceof Error && thrown.name === 'Failure' && isFailureCode(system))
    return new Failure(system, message, { cause: thrown })
  return new Failure(SYSTEM_CODES[system] ?? 'unknown', message, { cause: thrown })
}

function isFailureCode(code: string): code is FailureCode {
  return Object.hasOwn(FAILURES, code)
}
