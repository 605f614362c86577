import type { ExactSample } from '../../../topologies/dataset/operator.ts'

/** For each field that any of the samples has the list of their values, null where one lacks it. */
export function mergeSamples(samples: readonly ExactSample[]): ExactSample {
  const keys = new Set(samples.flatMap((sample) => Object.keys(sample)))
  const merged: ExactSample = {}
  for (const key of keys) {
    const value = samples.map((sample) => (Object.hasOwn(sample, key) ? (sample[key] ?? null) : null))
    Object.defineProperty(merged, key, { value, enumerable: true, configurable: true, writable: true })
  }
  return merged
}
