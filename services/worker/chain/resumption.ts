import { z } from 'zod'
import { Failure } from '../../../topologies/failure.ts'
import { HEADERS } from '../../../topologies/names.ts'
import { operatorsOf, type Stage, type Topology } from '../../../topologies/topology.ts'

/** How a record goes on that was a dead letter. It travels in a header, as JSON, until its operator is reached. */
export interface Resumption {
  /** The operator at which it goes on, by its place in the recipe's process list; null: at the door. */
  operator: { index: number; name: string } | null
  /** Fingerprint of the recipe in which it has that place. */
  recipe: string
  /** How often it was tried so far, and when it failed first. Milliseconds since the epoch. */
  attempts: number
  first_time: number
  /** The timestamp of the record that it stands for. Milliseconds since the epoch. */
  timestamp: number
  /** Where the raw record lay that it stands for; null when its value is a Document, which says so itself. */
  origin: { partition: number; offset: bigint } | null
  /** `<partition>-<offset>` of the letter on the dead-letter topic, for people. */
  letter: string
}

const HEADER = z.strictObject({
  operator: z.strictObject({ index: z.int().nonnegative(), name: z.string() }).nullable(),
  recipe: z.string(),
  attempts: z.int().positive(),
  first_time: z.int().nonnegative(),
  timestamp: z.int(),
  origin: z
    .strictObject({
      partition: z.int().nonnegative(),
      offset: z
        .string()
        .regex(/^\d{1,18}$/)
        .transform(BigInt),
    })
    .nullable(),
  letter: z.string(),
})

type RecordHeaders = Readonly<Record<string, Buffer>>

/** What a record's header says; null without one, and for one that says nothing we understand: that record is as any other. */
export function resumptionOf(headers: RecordHeaders): Resumption | null {
  const header = headers[HEADERS.resume]
  if (header === undefined) return null
  try {
    return HEADER.safeParse(JSON.parse(header.toString())).data ?? null
  } catch {
    return null
  }
}

export function resumptionHeader(resumption: Resumption): string {
  const { origin } = resumption
  return JSON.stringify({ ...resumption, origin: origin && { ...origin, offset: String(origin.offset) } })
}

/**
 * The place in the stage at which the record goes on: behind all operators when its own lies in a later stage.
 * Throws Failure `replay_misplaced` when the recipe has changed since it was replayed.
 */
export function placeIn(stage: Stage, topology: Topology, { operator, recipe }: Resumption): number {
  if (operator === null) return 0
  if (recipe !== topology.recipe) {
    throw new Failure(
      'replay_misplaced',
      `It was replayed to go on at ${operator.name} (process[${operator.index}]) of the recipe ${recipe}, and this one is ${topology.recipe}: replay it again.`,
    )
  }
  return operatorsOf(stage).filter(({ index }) => index < operator.index).length
}

/** Whether the operator at which the record goes on lies behind this stage. */
export function liesBehind(stage: Stage, { operator }: Resumption): boolean {
  return operator !== null && operatorsOf(stage).every(({ index }) => index < operator.index)
}
