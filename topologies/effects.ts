import type { Json } from '../schemas/json/keys.ts'
import type { Failure } from './failure.ts'

/** A function in Python that a recipe brings along: a lambda, or one of a file. It takes a sample as a dict and gives one. */
export interface PythonProgram {
  source: { lambda: string } | { file: string; function: string }
  /** It takes and gives a dict of lists, here always of one sample. */
  batched: boolean
}

/** Loads a program into the one Python process of this replica. */
export type Python = (program: PythonProgram) => PythonFunction

export interface PythonFunction {
  /** Settles when the program is loaded. Rejects with `environment_missing` without Python, `parameters_invalid` for a program that is none. */
  ready(): Promise<void>
  /** Samples as JSON objects in; for each, in order, a JSON object as PythonReply has it, or why the function failed on it. */
  call(samples: string[]): Promise<(string | Failure)[]>
  close(): Promise<void>
}

/** A file on the network that a document names. */
export interface DownloadRequest {
  url: string
  /** For the whole transfer. Seconds. */
  timeout: number
  /** Where to put it as well; it appears there whole or not at all. An existing file is taken as it is. */
  saveAs?: string
}

/** Gives the file's bytes; rejects with `download_failed` or `address_refused`. */
export type Downloader = (request: DownloadRequest) => Promise<Uint8Array>

/** Numbers in rows and columns, as models take and give them. */
export type Tensor =
  | { type: 'float32'; data: Float32Array; dims: readonly number[] }
  | { type: 'int64'; data: BigInt64Array; dims: readonly number[] }

/** A model of the asset store, in ONNX, and on what it would best run; `cpu` is always there. */
export interface ModelRequest {
  name: string
  accelerator?: 'cpu' | 'cuda' | null | undefined
}

/** What a model that can be run says of itself. */
export interface ModelFace {
  /** Names of what it takes and gives, in its own order. */
  inputs: string[]
  outputs: string[]
  /** SHA-256 of its file, in hexadecimal digits. */
  sha256: string
}

export interface RunnableModel {
  /**
   * Settles when the model is loaded. Rejects with `asset_missing`, `asset_invalid`, or `environment_missing` where the
   * runtime or the wanted device is not there.
   */
  ready(): Promise<ModelFace>
  /** Gives the outputs by name, or those named only. Rejects with `operator_failed` for inputs that the model cannot take. */
  run(inputs: { [name: string]: Tensor }, outputs?: readonly string[]): Promise<{ [name: string]: Tensor }>
  /** Gives the model up; whoever else has opened it keeps it. */
  close(): Promise<void>
}

/** Opens a model. Operators of a replica that ask for the same one share it. */
export type ModelOpener = (request: ModelRequest) => RunnableModel

export interface ChatMessage {
  role: 'system' | 'user' | 'assistant'
  content: string
}

/** A model behind an endpoint that speaks OpenAI's protocol, and how it is to be asked. */
export interface Endpoint {
  /** Who asks: the name under which a budget is kept that has none of its own. */
  asker: string
  /** Null for the first model that the endpoint lists. */
  model: string | null
  /** Null for OPENAI_BASE_URL, or else the address of OpenAI. */
  baseUrl: string | null
  /** Where chats are posted: a path behind the address, or an address. */
  path: string
  /** The path with dots to the answer within what the endpoint replies; null for where OpenAI puts it. */
  responsePath: string | null
  /** `env:NAME`, the variable that holds the key; null for OPENAI_API_KEY. */
  key: string | null
  /** What goes into the body of each request beside model and messages. */
  sampling: { [key: string]: Json }
  /** For one request, its answer included. Seconds. */
  timeout: number
  /** How often a request is sent again that the endpoint asks to send later. */
  retries: number
  /** Requests at the same time by one replica. */
  concurrency: number
  /** By one replica; null for no limit. */
  requestsPerMinute: number | null
  budget: Budget | null
  /** Whether answers are kept on disk, so that the same question is not paid twice. */
  remember: boolean
}

/** The most that may be spent in all, by all replicas that share a home. */
export interface Budget {
  name: string | null
  requests: number | null
  tokens: number | null
  /** In the currency of `prices`. */
  cost: number | null
  /** For a million tokens. */
  prices: { prompt: number; completion: number } | null
}

export interface ChatModel {
  /** Settles when there is a model to ask; rejects with what is missing. */
  ready(): Promise<void>
  /**
   * The text of the answer; '' where the model gives none.
   * @param attempt counts from 0 the times that this was asked because the answers before were of no use
   */
  ask(messages: ChatMessage[], attempt: number): Promise<string>
}

/** Opens a model. Throws Failure `endpoints_not_allowed` for an address that the recipe may not talk to. */
export type ChatModels = (endpoint: Endpoint) => ChatModel
