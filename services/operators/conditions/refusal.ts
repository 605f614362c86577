import { Failure } from '../../../topologies/failure.ts'

/** Refuses a condition with Failure `parameters_invalid`, naming the place. */
export function refuse(at: number, message: string): never {
  throw new Failure('parameters_invalid', `At character ${at + 1} of the condition: ${message}.`)
}
