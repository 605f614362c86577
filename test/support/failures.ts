import { Failure } from '../../topologies/failure.ts'

/** The Failure that this throws; an error of the test when it throws none. */
export function failureOf(work: () => unknown): Failure {
  try {
    work()
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown
    throw thrown
  }
  throw new Error('It did not throw.')
}

/** The Failure with which this rejects; an error of the test when it does not reject. */
export async function rejectionOf(work: Promise<unknown>): Promise<Failure> {
  try {
    await work
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown
    throw thrown
  }
  throw new Error('It did not reject.')
}
