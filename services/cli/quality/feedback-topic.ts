import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Broker, OutgoingRecord } from '../../brokers/broker.ts'

/** What people call texts, and whether it is the positive class of the classifier that learns of it. */
export const VERDICTS = { toxic: true, clean: false, good: true, bad: false } as const
export type FeedbackVerdict = keyof typeof VERDICTS

/** What a person said of a text. A text has the class that was said last. */
export interface Feedback {
  text: string
  positive: boolean
}

const record = z.object({ text: z.string(), positive: z.boolean() })

/** The topic on which a pipeline's scorers are told of their mistakes. */
export function feedbackTopic(pipeline: string): string {
  return `${pipeline}.feedback`
}

/** Makes the topic where it is missing. Nothing on it expires but what was said of the same text later. */
export async function requireFeedbackTopic(broker: Broker, topic: string): Promise<void> {
  const config = { 'cleanup.policy': 'compact', 'retention.ms': '-1' }
  await broker.createTopics([{ topic, partitions: 1, config }])
}

/** A record of feedback: JSON under the hash of its text. */
export function feedbackRecord(
  { text, positive }: Feedback,
  said: { verdict: FeedbackVerdict; by: string; at: string },
): OutgoingRecord {
  const key = createHash('sha256').update(text).digest()
  return { key, value: Buffer.from(JSON.stringify({ text, positive, ...said })) }
}

/** What a record says; null for one that says nothing. */
export function readFeedback(value: Buffer | null): Feedback | null {
  if (!value) return null
  try {
    return record.parse(JSON.parse(value.toString()))
  } catch {
    return null
  }
}
