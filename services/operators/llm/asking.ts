import type { ChatMessage, ChatModel } from '../../../topologies/effects.ts'
import { classify, Failure } from '../../../topologies/failure.ts'
import type { BatchMapper, Change, OperatorContext, Subject } from '../../../topologies/operator.ts'
import { type AskingParameters, endpointOf } from './parameters.ts'

/** A model, and how patiently it is asked. */
export interface Asking {
  model: ChatModel
  attempts: number
  /** A document fails that gets no usable answer. */
  required: boolean
}

/** Opens the model of an operator. Throws Failure `endpoints_not_allowed`, `environment_missing`. */
export function askingOf(
  { asker, model }: { asker: string; model: string | null },
  parameters: AskingParameters,
  { chat }: OperatorContext,
): Asking {
  if (!chat) throw new Failure('endpoints_not_allowed', `${asker} asks a model, and nobody may be asked here.`)
  return {
    model: chat(endpointOf(asker, model, parameters)),
    attempts: parameters.try_num,
    required: parameters.require_answer,
  }
}

/** A system prompt and a question. */
export function dialogue(system: string, question: string): ChatMessage[] {
  return [
    { role: 'system', content: system },
    { role: 'user', content: question },
  ]
}

/** A question without a system prompt. */
export function question(content: string): ChatMessage[] {
  return [{ role: 'user', content }]
}

export interface Reading<T> {
  /** What an answer says; null for an answer that says nothing, as one does that Data-Juicer raises on. */
  read(answer: string): T | null
  /** Whether that will do, or the model is asked again. */
  isUsable(said: T): boolean
}

/**
 * What the first usable answer says, else what the last one did that said anything, else null. Rejects with Failure
 * `answer_unusable` where a usable answer is required.
 */
export async function askUntilUsable<T>(
  asking: Asking,
  messages: ChatMessage[],
  { read, isUsable }: Reading<T>,
): Promise<T | null> {
  let last: T | null = null
  for (let attempt = 0; attempt < asking.attempts; attempt++) {
    const said = read(await asking.model.ask(messages, attempt))
    if (said === null) continue
    if (isUsable(said)) return said
    last = said
  }
  if (asking.required) throw unusable(asking)
  return last
}

/** The failure of a document that got no usable answer. */
export function unusable({ attempts }: Asking): Failure {
  return new Failure('answer_unusable', `The model gave no usable answer in ${attempts} attempts.`)
}

/** A mapper that works on all documents of a batch at a time; the endpoint's limits say how many questions are under way. */
export function askingMapper(asking: Asking, change: (subject: Subject) => Promise<Change[]>): BatchMapper {
  return {
    ready: () => asking.model.ready(),
    close: async () => undefined,
    map: (subjects) => eachOf(subjects, change),
  }
}

/** One result for each document, or why it has none. */
export function eachOf<T>(subjects: Subject[], work: (subject: Subject) => Promise<T>): Promise<(T | Failure)[]> {
  return Promise.all(subjects.map((subject) => work(subject).catch((thrown: unknown) => classify(thrown))))
}
