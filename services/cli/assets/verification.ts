import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { classify } from '../../../topologies/failure.ts'
import type { OperatorContext } from '../../../topologies/operator.ts'
import { readTextClassifier } from '../../models/fasttext/model.ts'
import { readLanguageModel } from '../../models/kenlm/model.ts'
import { readPieceTokenizer } from '../../models/sentencepiece/tokenizer.ts'
import { readTextTokenizer } from '../../models/tokenizers/tokenizer.ts'
import { checksumOf } from './checksums.ts'

/** Whether an asset is what it should be. */
export interface Verification {
  name: string
  state: 'sound' | 'missing' | 'changed' | 'broken'
  sha256: string | null
  /** What is wrong; null where nothing is. */
  what: string | null
}

const READERS: [name: RegExp, read: (name: string, bytes: Uint8Array) => unknown][] = [
  [/\.(bin|ftz)$/, (name, bytes) => (name.endsWith('.arpa.bin') ? readLanguageModel : readTextClassifier)(name, bytes)],
  [/\.sp\.model$/, readPieceTokenizer],
  [/\.arpa$/, readLanguageModel],
  [/(^|\/)tokenizer\.json$/, readTextTokenizer],
  [/\.json$/, (_, bytes) => JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))],
]

/** Compares an asset with its checksum, and opens it as an operator would. */
export async function verify(
  name: string,
  expected: string | undefined,
  context: OperatorContext,
): Promise<Verification> {
  const path = join(context.assets, name)
  if (!existsSync(path)) return { name, state: 'missing', sha256: null, what: 'it is not there' }
  const sha256 = await checksumOf(path)
  if (expected !== undefined && sha256 !== expected)
    return { name, state: 'changed', sha256, what: `it was ${expected} when it was fetched` }
  try {
    READERS.find(([pattern]) => pattern.test(name))?.[1](name, context.readAsset(name))
    return { name, state: 'sound', sha256, what: null }
  } catch (thrown) {
    return { name, state: 'broken', sha256, what: classify(thrown).message }
  }
}
