import { Failure } from '../../topologies/failure.ts'

/** What onnxruntime can run a model on, by its names. The CPU is in every build of it. */
const KNOWN = ['cpu', 'cuda', 'tensorrt', 'coreml', 'dml', 'webgpu'] as const
export type ExecutionProvider = (typeof KNOWN)[number]

/** On what models run, in order of preference. */
export interface Providers {
  order: ExecutionProvider[]
  /** A device that is not there is an error; otherwise the CPU does its work. */
  strict: boolean
}

const VARIABLE = 'MILLRACE_EXECUTION_PROVIDERS'

/**
 * The execution providers: those of the environment, as `cuda,cpu`, or what the operator asks for. A list without cpu is strict.
 * Throws Failure `usage`.
 */
export function providersOf(accelerator: 'cpu' | 'cuda' | null | undefined, given = process.env[VARIABLE]): Providers {
  if (!given) return { order: accelerator === 'cuda' ? ['cuda', 'cpu'] : ['cpu'], strict: false }
  const names = given.split(',').map((name) => name.trim().toLowerCase())
  const order = names.map((name) => KNOWN.find((known) => known === name) ?? unknown(name))
  return { order, strict: !order.includes('cpu') }
}

function unknown(name: string): never {
  throw new Failure('usage', `${VARIABLE} names "${name}"; known are ${KNOWN.join(', ')}.`)
}
