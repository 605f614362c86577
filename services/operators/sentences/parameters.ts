import { Failure } from '../../../topologies/failure.ts'
import type { OperatorContext } from '../../../topologies/operator.ts'

/** What Punkt has learned of a language. Words are in lower case, numbers are `##number##`. */
export interface PunktParameters {
  /** Abbreviations, without their last full stop. */
  abbreviations: Set<string>
  /** Words with a full stop, and what often follows them within a sentence. */
  collocations: Map<string, Set<string>>
  /** Words that often begin a sentence. */
  starters: Set<string>
  /** How words were written where, as the bits below. */
  contexts: Map<string, number>
}

/** Bits of a context: seen in upper case within a sentence, in lower case at the beginning, and in any place. */
export const UPPER_WITHIN = 4
export const UPPER_ANYWHERE = 2 + 4 + 8
export const LOWER_AT_BEGINNING = 16
export const LOWER_ANYWHERE = 16 + 32 + 64

const DIRECTORY = 'nltk_data/tokenizers/punkt_tab'

/**
 * The parameters of a language, as NLTK's package punkt_tab has them, from the asset store. Throws Failure `asset_missing`,
 * or `asset_invalid` when they are not tables.
 */
export function loadParameters(language: string, context: OperatorContext): PunktParameters {
  const rows = (file: string) => readRows(`${DIRECTORY}/${language}/${file}`, context)
  const single = (file: string) => new Set(rows(file).map(([word = '']) => word))
  const collocations = new Map<string, Set<string>>()
  for (const [first = '', second = ''] of rows('collocations.tab')) {
    collocations.set(first, (collocations.get(first) ?? new Set()).add(second))
  }
  const contexts = rows('ortho_context.tab')
  if (contexts.some(([, bits = '']) => !/^\d+$/.test(bits))) {
    throw new Failure(
      'asset_invalid',
      `${DIRECTORY}/${language}/ortho_context.tab is not a table of words and numbers.`,
    )
  }
  return {
    abbreviations: single('abbrev_types.txt'),
    collocations,
    starters: single('sent_starters.txt'),
    contexts: new Map(contexts.map(([word = '', bits]) => [word, Number(bits)])),
  }
}

function readRows(name: string, context: OperatorContext): string[][] {
  const table = new TextDecoder().decode(readOrSay(name, context)).replaceAll(/\r\n?/g, '\n')
  const lines = table.endsWith('\n') ? table.slice(0, -1) : table
  return lines === '' ? [] : lines.split('\n').map((line) => line.split('\t'))
}

function readOrSay(name: string, context: OperatorContext): Uint8Array {
  try {
    return context.readAsset(name)
  } catch (cause) {
    if (!(cause instanceof Failure) || cause.code !== 'asset_missing') throw cause
    const cure = `It is of NLTK's data package punkt_tab, which is unpacked into ${DIRECTORY} there.`
    throw new Failure('asset_missing', `${cause.message} ${cure}`, { cause })
  }
}
