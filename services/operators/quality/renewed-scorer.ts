import { classify, Failure } from '../../../topologies/failure.ts'
import type { OperatorContext } from '../../../topologies/operator.ts'
import { type QualityScorer, readScorer } from './scorer.ts'

/** How often it is looked whether there is a new model. Milliseconds. */
const LOOK = 1000

/** A scorer whose model may be replaced while it is at work. */
export interface RenewedScorer {
  /** The scorer of now: to be asked for once a batch, so that a batch is scored by one model. */
  current(): QualityScorer
}

/**
 * Reads a model of the assets, and reads it anew when its file has been replaced. A new file that is no model is left alone, and
 * the old model goes on. Throws `asset_missing` or `asset_invalid` where there is no model to begin with.
 */
export function renewedScorer(name: string, context: OperatorContext): RenewedScorer {
  let state = context.assetState?.(name) ?? null
  let scorer = readScorer(name, context.readAsset(name), context)
  let looked = performance.now()
  return {
    current() {
      const now = performance.now()
      if (now - looked < LOOK) return scorer
      looked = now
      const found = context.assetState?.(name) ?? null
      if (found === null || found === state) return scorer
      state = found
      scorer = renewed(name, context) ?? scorer
      return scorer
    },
  }
}

function renewed(name: string, context: OperatorContext): QualityScorer | null {
  try {
    return readScorer(name, context.readAsset(name), context)
  } catch (thrown) {
    const failure = classify(thrown)
    if (!(failure instanceof Failure)) throw thrown
    process.emitWarning(`The new ${name} is not taken up: ${failure.message}`)
    return null
  }
}
