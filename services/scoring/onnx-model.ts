import { createHash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import type { InferenceSession } from 'onnxruntime-node'
import pLimit from 'p-limit'
import { cureOf } from '../../topologies/assets.ts'
import type { ModelFace, RunnableModel, Tensor } from '../../topologies/effects.ts'
import { classify, Failure } from '../../topologies/failure.ts'
import type { ExecutionProvider, Providers } from './execution-providers.ts'

export interface OnnxModelOptions {
  /** Its name among the assets. */
  name: string
  assets: string
  providers: Providers
}

type Runtime = typeof import('onnxruntime-node')

interface Loaded {
  runtime: Runtime
  session: InferenceSession
  face: ModelFace
}

/** Threads of one model; all cores when not given. */
const THREADS = 'MILLRACE_INFERENCE_THREADS'

/**
 * A model in ONNX, run by onnxruntime, which is loaded with the first model. Its file is read by the runtime itself, so that
 * the weights are in memory once. One batch is run at a time: each has all the threads, and the memory of one.
 */
export class OnnxModel implements RunnableModel {
  readonly #path: string
  readonly #options: OnnxModelOptions
  readonly #inTurn = pLimit(1)
  #loading: Promise<Loaded> | null = null

  constructor(path: string, options: OnnxModelOptions) {
    this.#path = path
    this.#options = options
  }

  async ready(): Promise<ModelFace> {
    return (await this.#loaded()).face
  }

  async run(inputs: { [name: string]: Tensor }, outputs?: readonly string[]): Promise<{ [name: string]: Tensor }> {
    const { runtime, session } = await this.#loaded()
    const feeds = Object.fromEntries(
      Object.entries(inputs).map(([name, { type, data, dims }]) => [name, new runtime.Tensor(type, data, dims)]),
    )
    try {
      const results = await this.#inTurn(() => (outputs ? session.run(feeds, outputs) : session.run(feeds)))
      return Object.fromEntries(Object.entries(results).map(([name, value]) => [name, this.#tensorOf(name, value)]))
    } catch (cause) {
      if (cause instanceof Failure) throw cause
      throw new Failure('operator_failed', `The model ${this.#options.name} gave up: ${firstLine(cause)}`, { cause })
    }
  }

  async close(): Promise<void> {
    const loading = this.#loading
    this.#loading = null
    const loaded = await loading?.catch(() => null)
    await loaded?.session.release()
  }

  /** A failure to load is not remembered: what was missing may be there the next time. */
  #loaded(): Promise<Loaded> {
    this.#loading ??= this.#load().catch((thrown: unknown) => {
      this.#loading = null
      throw thrown
    })
    return this.#loading
  }

  async #load(): Promise<Loaded> {
    const { name, assets } = this.#options
    if (!existsSync(this.#path))
      throw new Failure('asset_missing', `The model ${name} is not in ${assets}. ${cureOf(name)}`)
    const runtime = await loadRuntime()
    const session = await this.#open(runtime)
    const { inputNames, outputNames } = session
    const face = { inputs: [...inputNames], outputs: [...outputNames], sha256: await hashOf(this.#path) }
    return { runtime, session, face }
  }

  /** On the preferred devices; where these are not to be had, and need not be, on the CPU. */
  async #open(runtime: Runtime): Promise<InferenceSession> {
    const { order, strict } = this.#options.providers
    const onlyCpu = order.every((provider) => provider === 'cpu')
    try {
      return await create(runtime, this.#path, order)
    } catch (cause) {
      if (onlyCpu) throw this.#invalid(cause)
      const session = await create(runtime, this.#path, ['cpu']).catch((foreign: unknown) => {
        throw this.#invalid(foreign)
      })
      if (!strict) {
        process.emitWarning(
          `${order[0]} is not to be had (${firstLine(cause)}): ${this.#options.name} runs on the CPU.`,
        )
        return session
      }
      await session.release()
      throw new Failure('environment_missing', `onnxruntime cannot use ${order.join(', ')} here: ${firstLine(cause)}`, {
        cause,
      })
    }
  }

  #invalid(cause: unknown): Failure {
    const what = `The model ${this.#options.name} is no model in ONNX, is cut short, or needs what onnxruntime does not know`
    const cure = 'Fetch it again, and check it by: millrace assets verify.'
    return new Failure('asset_invalid', `${what}: ${firstLine(cause)} ${cure}`, { cause })
  }

  #tensorOf(name: string, { type, data, dims }: { type: string; data: unknown; dims: readonly number[] }): Tensor {
    if (data instanceof Float32Array) return { type: 'float32', data, dims }
    if (data instanceof Float64Array) return { type: 'float32', data: Float32Array.from(data), dims }
    if (data instanceof BigInt64Array) return { type: 'int64', data, dims }
    throw new Failure(
      'operator_failed',
      `The model ${this.#options.name} gives ${name} as ${type}, where numbers are needed.`,
    )
  }
}

async function loadRuntime(): Promise<Runtime> {
  try {
    return await import('onnxruntime-node')
  } catch (cause) {
    throw new Failure(
      'environment_missing',
      `onnxruntime-node, which runs models, cannot be loaded: ${firstLine(cause)} Install it by: npm install onnxruntime-node.`,
      { cause },
    )
  }
}

function create(runtime: Runtime, path: string, executionProviders: ExecutionProvider[]): Promise<InferenceSession> {
  const threads = Number(process.env[THREADS] ?? 0)
  return runtime.InferenceSession.create(path, {
    executionProviders,
    // Batches are of many shapes: plans of memory for each would pile up.
    enableMemPattern: false,
    // With the allocator's settings of workers, a tensor without an arena is new pages each time (test/bench: scoring).
    enableCpuMemArena: true,
    logSeverityLevel: 3,
    ...(threads > 0 ? { intraOpNumThreads: threads } : {}),
  })
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const part of createReadStream(path)) hash.update(part)
  return hash.digest('hex')
}

function firstLine(thrown: unknown): string {
  const [line = ''] = classify(thrown).message.split('\n')
  return line.endsWith('.') ? line : `${line}.`
}
