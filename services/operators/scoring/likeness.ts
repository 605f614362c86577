import type { Json } from '../../../schemas/json/keys.ts'
import { classify, Failure } from '../../../topologies/failure.ts'
import type { OperatorContext, Subject } from '../../../topologies/operator.ts'
import { dot, type EmbeddingOptions, embeddingModel } from './embeddings.ts'
import { templateOf } from './template.ts'

/** How like samples are to given ones. */
export interface Likeness {
  ready(): Promise<void>
  /** The mean cosine to the given samples, in order, or why there is none. */
  of(subjects: readonly Subject[]): Promise<(number | Failure)[]>
  close(): Promise<void>
}

export interface LikenessOptions extends EmbeddingOptions {
  /** What the model is given of a sample; its text when there is none. */
  template: string | null
  /** Where the given samples have their texts. */
  textKey: string
}

/** Compares samples with given ones, of which the embeddings are made once. Throws `parameters_invalid` and what the model lacks. */
export function likenessTo(
  samples: { [key: string]: Json }[],
  { template, textKey, ...options }: LikenessOptions,
  context: OperatorContext,
): Likeness {
  const filled = template === null ? null : templateOf(template)
  const asGiven = filled ?? templateOf(`{${textKey}}`)
  const write = (subject: Subject) => (filled ? filled(subject) : subject.text().value)
  const given = samples.map((sample) =>
    asGiven({ exact: (key) => (Object.hasOwn(sample, key) ? sample[key] : undefined) }),
  )
  const model = embeddingModel(options, context)
  let directions: Float64Array[] = []
  return {
    async ready() {
      await model.ready()
      directions = (await model.embed(given)).map((direction) => {
        if (direction instanceof Failure) throw direction
        return direction
      })
    },
    async of(subjects) {
      const texts = subjects.map((subject) => attempt(() => write(subject)))
      const found = (await model.embed(texts.filter((text) => typeof text === 'string'))).values()
      return texts.map((text) => {
        const direction = text instanceof Failure ? text : (found.next().value ?? new Failure('operator_failed', ''))
        return direction instanceof Failure ? direction : meanCosine(direction, directions)
      })
    },
    close: () => model.close(),
  }
}

function meanCosine(direction: Float64Array, directions: readonly Float64Array[]): number {
  return directions.reduce((sum, other) => sum + dot(direction, other), 0) / directions.length
}

function attempt(write: () => string): string | Failure {
  try {
    return write()
  } catch (thrown) {
    return classify(thrown)
  }
}
