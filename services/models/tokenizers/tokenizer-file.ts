import { invalidModel } from '../bytes.ts'

/** A value of JSON, as a file may have it. */
type Value = string | number | boolean | null | Value[] | { [key: string]: Value }
type Members = { [key: string]: Value }

/** A token that is looked for in a text before all else. */
export interface AddedToken {
  id: number
  content: string
  isSingleWord: boolean
  takesBlanksBefore: boolean
  takesBlanksBehind: boolean
  /** Whether it is looked for in the normalised text. */
  isNormalized: boolean
  isSpecial: boolean
}

/** How a text is cut into words. */
export type Cutting = { kind: 'pattern'; pattern: RegExp } | { kind: 'digits' } | { kind: 'prefix' }

/** A `tokenizer.json` whose model merges pairs of bytes. */
export interface TokenizerFile {
  added: AddedToken[]
  /** Forms of Unicode, in their order. */
  forms: string[]
  cuttings: Cutting[]
  vocabulary: Map<string, number>
  merges: [left: string, right: string][]
  ignoresMerges: boolean
  /** Tokens that stand before and behind every text, where these are asked for. */
  before: number[]
  behind: number[]
}

/** The way GPT-2 cuts. */
const BYTE_LEVEL = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+"
const FORMS = new Set(['NFC', 'NFD', 'NFKC', 'NFKD'])

/**
 * Reads a `tokenizer.json` of Hugging Face. Throws Failure `asset_invalid` for a file that is none, or whose model or way to cut
 * is none of those known: pairs of bytes, as GPT-2, Pythia, Llama 3 and Qwen have them.
 */
export function readTokenizerFile(name: string, bytes: Uint8Array): TokenizerFile {
  const file = members(parsed(name, bytes))
  const model = members(file.model)
  const unknown = (what: string) => invalidModel(name, `${what} that is not known here: only pairs of bytes are`)
  if (model.type !== 'BPE' || model.byte_fallback === true || model.dropout) throw unknown('has a model')
  if (model.continuing_subword_prefix || model.end_of_word_suffix) throw unknown('has a model')
  const steps = stepsOf(file.pre_tokenizer, 'pretokenizers')
  const cuttings = steps.flatMap((step) => cuttingOf(step) ?? raise(unknown('cuts texts in a way')))
  if (!steps.some(({ type }) => type === 'ByteLevel')) throw unknown('cuts texts in a way')
  const forms = stepsOf(file.normalizer, 'normalizers').map(({ type }) => String(type))
  if (!forms.every((form) => FORMS.has(form))) throw unknown('normalises texts in a way')
  return {
    added: list(file.added_tokens).map(members).map(addedToken),
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

function parsed(name: string, bytes: Uint8Array): Value {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw Object.assign(invalidModel(name, 'is no JSON, or is cut short'), { cause })
  }
}

function members(value: Value | undefined): Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
}

function list(value: Value | undefined): Value[] {
  return Array.isArray(value) ? value : []
}

/** The parts of a sequence, or the only one; none where there is nothing. */
function stepsOf(value: Value | undefined, key: string): Members[] {
  const step = members(value)
  if (step.type === undefined) return []
  return step.type === 'Sequence' ? list(step[key]).flatMap((part) => stepsOf(part, key)) : [step]
}

function addedToken(token: Members): AddedToken {
  return {
    id: Number(token.id),
    content: String(token.content),
    isSingleWord: token.single_word === true,
    takesBlanksBefore: token.lstrip === true,
    takesBlanksBehind: token.rstrip === true,
    isNormalized: token.normalized === true,
    isSpecial: token.special === true,
  }
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

function surroundings(processor: Members): { before: number[]; behind: number[] } {
  const processors = processor.type === 'Sequence' ? list(processor.processors).map(members) : [processor]
  const template = processors.find(({ type }) => type === 'TemplateProcessing')
  const before: number[] = []
  const behind: number[] = []
  let isBehind = false
  for (const part of list(template?.single).map(members)) {
    if (part.Sequence) isBehind = true
    const id = String(members(part.SpecialToken).id ?? '')
    for (const token of list(members(members(template?.special_tokens)[id]).ids))
      (isBehind ? behind : before).push(Number(token))
  }
  return { before, behind }
}
