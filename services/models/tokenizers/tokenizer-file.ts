import { invalidModel } from '../bytes.ts'
import { type AddedToken, addedTokens, type Surroundings, surroundings } from './added-tokens.ts'
import { list, type Members, members, stepsOf, type Value } from './json-members.ts'

/** How a text is cut into words. */
export type Cutting = { kind: 'pattern'; pattern: RegExp } | { kind: 'digits' } | { kind: 'prefix' }

/** A `tokenizer.json` whose model merges pairs of bytes. */
export interface TokenizerFile extends Surroundings {
  added: AddedToken[]
  /** Forms of Unicode, in their order. */
  forms: string[]
  cuttings: Cutting[]
  vocabulary: Map<string, number>
  merges: [left: string, right: string][]
  ignoresMerges: boolean
}

/** The way GPT-2 cuts. */
const BYTE_LEVEL = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+"
const FORMS = new Set(['NFC', 'NFD', 'NFKC', 'NFKD'])

/**
 * Understands a `tokenizer.json` of Hugging Face. Throws Failure `asset_invalid` for one whose model or way to cut is none of
 * those known: pairs of bytes, as GPT-2, Pythia, Llama 3 and Qwen have them.
 */
export function tokenizerFile(name: string, file: Members): TokenizerFile {
  const model = members(file.model)
  const unknown = (what: string) =>
    invalidModel(name, `${what} that is not known here: only pairs of bytes and word pieces are`)
  if (model.type !== 'BPE' || model.byte_fallback === true || model.dropout) throw unknown('has a model')
  if (model.continuing_subword_prefix || model.end_of_word_suffix) throw unknown('has a model')
  const steps = stepsOf(file.pre_tokenizer, 'pretokenizers')
  const cuttings = steps.flatMap((step) => cuttingOf(step) ?? raise(unknown('cuts texts in a way')))
  if (!steps.some(({ type }) => type === 'ByteLevel')) throw unknown('cuts texts in a way')
  const forms = stepsOf(file.normalizer, 'normalizers').map(({ type }) => String(type))
  if (!forms.every((form) => FORMS.has(form))) throw unknown('normalises texts in a way')
  return {
    added: addedTokens(file),
    forms,
    cuttings,
    vocabulary: new Map(Object.entries(members(model.vocab)).map(([token, id]) => [token, Number(id)])),
    merges: list(model.merges).map(mergeOf),
    ignoresMerges: model.ignore_merges === true,
    ...surroundings(members(file.post_processor)),
  }
}

function raise(failure: Error): never {
  throw failure
}

function cuttingOf(step: Members): Cutting[] | null {
  if (step.type === 'ByteLevel') {
    const prefix: Cutting[] = step.add_prefix_space === true ? [{ kind: 'prefix' }] : []
    return step.use_regex === false ? prefix : [...prefix, { kind: 'pattern', pattern: translated(BYTE_LEVEL) }]
  }
  if (step.type === 'Digits' && step.individual_digits === true) return [{ kind: 'digits' }]
  const pattern = members(step.pattern).Regex
  if (step.type !== 'Split' || typeof pattern !== 'string' || step.behavior !== 'Isolated' || step.invert === true)
    return null
  return [{ kind: 'pattern', pattern: translated(pattern) }]
}

/** Blanks are those of Unicode there, and JavaScript has its own idea of them. */
function translated(pattern: string): RegExp {
  return new RegExp(pattern.replaceAll('\\s', '\\p{White_Space}').replaceAll('\\S', '\\P{White_Space}'), 'gu')
}

function mergeOf(merge: Value): [string, string] {
  const [left = '', right = ''] = typeof merge === 'string' ? merge.split(' ') : list(merge).map(String)
  return [left, right]
}
