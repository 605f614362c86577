import { Failure } from '../../../topologies/failure.ts'
import type { OperatorContext } from '../../../topologies/operator.ts'
import type { Text, View } from '../../../topologies/text.ts'
import type { TextTokenizer } from '../../models/tokenizers/text-tokenizer.ts'
import { readTextTokenizer } from '../../models/tokenizers/tokenizer.ts'
import { requireWellFormed } from '../text/bare-text.ts'
import { modelOf } from './loading.ts'

/** The tokenizer that Data-Juicer takes where none is named. */
export const DEFAULT_TOKENIZER = 'EleutherAI/pythia-6.9b-deduped'

/** A tokenizer, and the number of tokens of a text: counted once, whoever asks. */
export interface TokenModel {
  tokenizer: TextTokenizer
  count: View<number>
}

const known = new WeakMap<TextTokenizer, TokenModel>()

/** A tokenizer by the name of its folder among the assets. Its view throws `operator_failed` for a text that has no UTF-8. */
export function tokenModelOf(name: string, context: OperatorContext): TokenModel {
  const tokenizer = modelOf(`${name}/tokenizer.json`, context, readTextTokenizer)
  const made = known.get(tokenizer) ?? {
    tokenizer,
    count: ({ value }: Text) => {
      requireWellFormed(value)
      return tokenizer.encode(value).length
    },
  }
  known.set(tokenizer, made)
  return made
}

/** What tokens spell, as the library of Data-Juicer gives it back: with fewer blanks where the tokenizer's settings say so. */
export function speller(name: string, context: OperatorContext): (tokens: Int32Array) => string {
  const { tokenizer } = tokenModelOf(name, context)
  return cleansUp(name, context) ? (tokens) => cleanUp(tokenizer.decode(tokens)) : (tokens) => tokenizer.decode(tokens)
}

function cleansUp(name: string, context: OperatorContext): boolean {
  try {
    const bytes = context.readAsset(`${name}/tokenizer_config.json`)
    const settings: { clean_up_tokenization_spaces?: unknown } = JSON.parse(new TextDecoder().decode(bytes))
    return settings.clean_up_tokenization_spaces === true
  } catch (thrown) {
    if (thrown instanceof Failure && thrown.code === 'asset_missing') return false
    throw new Failure('asset_invalid', `${name}/tokenizer_config.json is no JSON.`, { cause: thrown })
  }
}

/** One behind the other, each over the whole text. */
const CLEANINGS: [from: string, to: string][] = [
  [' .', '.'],
  [' ?', '?'],
  [' !', '!'],
  [' ,', ','],
  [" ' ", "'"],
  [" n't", "n't"],
  [" 'm", "'m"],
  [" 's", "'s"],
  [" 've", "'ve"],
  [" 're", "'re"],
]

function cleanUp(text: string): string {
  return CLEANINGS.reduce((cleaned, [from, to]) => cleaned.replaceAll(from, to), text)
}
