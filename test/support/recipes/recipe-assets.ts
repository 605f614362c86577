import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { passages } from '../../../services/cli/quickstart/addresses.ts'
import { bytePairTokenizer } from './byte-pair-tokenizer.ts'
import { languageModel } from './language-model.ts'
import { proseModels } from './prose-models.ts'

const SMALL = 'test/support/assets'
/** On the lists that are published, too. */
const FLAGGED = { en: ['xxx', 'sex', 'sexual'], zh: ['性'] }
const STOPWORDS = [
  '他',
  '这',
  '是',
  '谁',
  '因为',
  '来',
  '的',
  '时候',
  '没有',
  '人',
  '在',
  '这里',
  '我',
  '也',
  '不',
  '不知道',
]
const TOKENIZER = 'EleutherAI/pythia-6.9b-deduped/tokenizer.json'
const HAN: [number, number] = [0x4e00, 0x9fff]
const CYRILLIC: [number, number] = [0x400, 0x4ff]

/**
 * A new directory with stand-ins for all assets of the recipes. The small ones of the operators' tests cannot tell texts apart;
 * these can: they are made from public-domain prose.
 */
export function recipeAssets(): string {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-recipe-assets-'))
  const put = (name: string, content: string | Buffer) => writeFileSync(join(directory, name), content)
  cpSync(SMALL, directory, { recursive: true })
  const prose = Array.from(passages(), ({ text }) => text)
  const { pieces, language } = proseModels(prose, FLAGGED.en)
  put('en.sp.model', pieces)
  put('en.arpa.bin', language)
  put(TOKENIZER, JSON.stringify(bytePairTokenizer(JSON.parse(readFileSync(join(SMALL, TOKENIZER), 'utf8')), prose)))
  const stopwords = wordLists('stopwords.json')
  put('stopwords.json', JSON.stringify({ ...stopwords, zh: STOPWORDS }))
  const english = prose.join(' ').split(/\s+/)
  put(
    'lid.176.bin',
    languageModel([
      { label: 'en', words: english },
      { label: 'de', words: stopwords.de ?? [] },
      { label: 'zh', characters: [HAN] },
      { label: 'ru', characters: [CYRILLIC] },
    ]),
  )
  const flagged = wordLists('flagged_words.json')
  for (const [language, words] of Object.entries(FLAGGED)) flagged[language] = [...(flagged[language] ?? []), ...words]
  put('flagged_words.json', JSON.stringify(flagged))
  return directory
}

function wordLists(name: string): Record<string, string[]> {
  return JSON.parse(readFileSync(join(SMALL, name), 'utf8'))
}
