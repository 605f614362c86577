import { z } from 'zod'
import { pipelineNameFault, topicNameFault } from '../names.ts'
import { TOLERANCE } from '../tolerance.ts'
import { byteSize, duration, FOREVER, span } from './quantities.ts'

/** Partitions of every topic of a pipeline when nobody says otherwise: enough for four replicas of a stage. */
export const DEFAULT_PARTITIONS = 4
/** A channel must outlast a stage that is down over a long weekend, or documents would be lost. */
const CHANNEL_RETENTION = '7d'

const count = z.int().min(1).max(1_000)
const onFailure = z
  .enum(['dead_letter', 'pass_through', 'drop', 'stop'])
  .describe(
    'what becomes of a document on which an operator fails: set aside, passed on unprocessed and marked, rejected, or the run ends',
  )

const onOutage = z
  .enum(['pause', 'pass_through', 'dead_letter'])
  .describe(
    'what to do while an operator is out of order, because what it needs is gone or it keeps failing: take nothing in until it works again, pass documents on unprocessed and marked, or set them aside; without it every document is tried, but for gpu and remote operators, which pause',
  )
const { retry, breaker, timeBudget } = TOLERANCE
const timeBudgetSchema = span(100, 3_600_000)
  .optional()
  .describe(
    `longest that one document may keep an operator busy; then its thread is stopped and the document is set aside; ${timeBudget / 1000}s when not given`,
  )

function named(fault: (name: string) => string | null) {
  return z.string().superRefine((name, context) => {
    const message = fault(name)
    if (message !== null) context.addIssue({ code: 'custom', message })
  })
}

const kept = duration.default(FOREVER)
const topic = named(topicNameFault).optional()

/** What streaming adds to a Data-Juicer recipe, under its key `stream`. The descriptions are the reference. */
export const streamSchema = z.strictObject({
  name: named(pipelineNameFault)
    .optional()
    .describe(
      'name of the pipeline, before the names of its topics and groups; project_name when not given, or the name of the file',
    ),
  partitions: count
    .optional()
    .describe(
      `partitions of every topic of the pipeline, ${DEFAULT_PARTITIONS} when not given; as many replicas can share a stage`,
    ),
  replicas: z
    .union([count, z.record(z.string(), count)])
    .default(1)
    .describe('processes per stage: one number, or a number per name of a stage'),
  delivery: z
    .enum(['exactly_once', 'at_least_once'])
    .default('exactly_once')
    .describe('at_least_once is cheaper; after a crash some documents come out twice'),
  compression: z
    .enum(['none', 'gzip', 'zstd'])
    .default('none')
    .describe('how records are compressed on the way to the broker'),
  max_document_bytes: byteSize(1, 48 * 2 ** 20)
    .prefault('16MiB')
    .describe('largest raw record that is processed; a larger one is dead-lettered'),
  transaction_bytes: byteSize(1_024, 32 * 2 ** 20)
    .prefault('4MiB')
    .describe('about how much one transaction takes in: larger is cheaper, smaller is sooner done'),
  thread_memory: byteSize(64 * 2 ** 20, 64 * 2 ** 30)
    .optional()
    .describe(
      'most memory that the operators of a replica may hold, less their typed arrays; beyond it their thread is started again. Set it below the memory of the container',
    ),
  max_depth: z
    .int()
    .min(1)
    .max(10_000)
    .default(512)
    .describe("how deep a sample's JSON may nest; a deeper one is dead-lettered"),
  on_failure: onFailure.optional(),
  on_outage: onOutage.optional(),
  time_budget: timeBudgetSchema,
  operators: z
    .record(
      z.string(),
      z.strictObject({
        on_failure: onFailure.optional(),
        on_outage: onOutage.optional(),
        time_budget: timeBudgetSchema,
        retry: z
          .strictObject({
            attempts: z.int().min(1).max(100).default(retry.attempts).describe('how often a document is tried in all'),
            wait: span(1, 600_000)
              .default(retry.wait)
              .describe('pause before the second attempt; it doubles from then on'),
            longest: span(1, 600_000).default(retry.longest).describe('longest pause'),
          })
          .optional()
          .describe('trying again where an operator that waits for others failed for the moment'),
        breaker: z
          .strictObject({
            failures: z.int().min(1).default(breaker.failures).describe('failures in a row that are an outage'),
            cool_down: span(10, 3_600_000)
              .default(breaker.coolDown)
              .describe('how long it is left alone before one document shows whether the outage is over'),
          })
          .optional()
          .describe('when an operator with on_outage counts as out of order'),
        resource: z
          .enum(['cpu', 'gpu', 'remote'])
          .optional()
          .describe('resource class in place of the one that the operator declares'),
      }),
    )
    .default({})
    .describe('settings of single operators, by name (every place of it) or by index in the process list'),
  cut_before: z
    .array(z.union([z.string(), z.int()]))
    .default([])
    .describe('operators, by name or index, that begin a new stage'),
  index: named(pipelineNameFault)
    .optional()
    .describe(
      'name of the indexes of deduplicators, which then outlive the run: documents are deduplicated against everything before; without it a bounded run looks at its own input, and a running pipeline has indexes of its own name',
    ),
  isolate: z.boolean().default(false).describe('whether every operator becomes a service of its own'),
  retention: z
    .strictObject({
      raw: kept.describe('how long the raw topic keeps its records'),
      refined: kept.describe('how long the refined topic keeps its records'),
      rejected: kept.describe('how long the rejected topic keeps its records'),
      dead_letters: kept.describe('how long the dead-letter topic keeps its records'),
      ledger: kept.describe('how long the ledger keeps its records'),
      channels: duration.prefault(CHANNEL_RETENTION).describe('how long a document may wait between two stages'),
    })
    .prefault({}),
  topics: z
    .strictObject({ raw: topic, refined: topic, rejected: topic, dead_letters: topic, ledger: topic })
    .default({})
    .describe('names of topics in place of <name>.raw and so on'),
  allow_files: z
    .boolean()
    .default(false)
    .describe(
      'whether operators may read files that documents name, with the rights of the worker; leave it off for foreign documents',
    ),
  allow_code: z
    .boolean()
    .default(false)
    .describe(
      'whether modules named in the process list and Python functions may run; without it a recipe is data only',
    ),
  allow_downloads: z
    .union([z.boolean(), z.array(z.string().min(1)).min(1)])
    .default(false)
    .describe(
      'whether operators may fetch what documents name: true for addresses of the public internet, or a list of hosts, wherever they are',
    ),
  allow_endpoints: z
    .union([z.boolean(), z.array(z.string().min(1)).min(1)])
    .default(false)
    .describe(
      'whether operators may send documents to endpoints of models that the recipe names: true for any, or a list of hosts; the one that OPENAI_BASE_URL names, or OpenAI without it, needs no leave',
    ),
  rejected: z
    .enum(['keep', 'count'])
    .default('keep')
    .describe('whether rejected documents go to the rejected topic, or are only counted in the ledger'),
})

export type StreamSettings = z.infer<typeof streamSchema>
