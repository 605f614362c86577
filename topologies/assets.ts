/** What stands for the assets directory in the strings of a recipe's parameters. */
const ASSETS = '{assets}'

/** A value with the assets directory put in the place of `{assets}` in every string of it, at any depth. */
export function withAssets<T>(value: T, directory: string): T {
  return substituted(value, directory) as T // the same shape: only the letters of strings change
}

function substituted(value: unknown, directory: string): unknown {
  if (typeof value === 'string') return value.replaceAll(ASSETS, () => directory)
  if (Array.isArray(value)) return value.map((item) => substituted(item, directory))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, substituted(member, directory)]))
}

/** Where an asset comes from, for those that Data-Juicer's operators ask for by name. */
export interface AssetOrigin {
  /** What it is, in a few words. */
  what: string
  /** Where it is published; the first that answers is taken. */
  addresses: string[]
  licence: string
}

const DATA_JUICER = 'https://dail-wlcb.oss-cn-wulanchabu.aliyuncs.com/data_juicer'
const WORD_LIST = 'published by Data-Juicer without a licence of its own'

const ORIGINS: { name: RegExp; origin: (name: string) => AssetOrigin }[] = [
  {
    name: /^lid\.176\.(bin|ftz)$/,
    origin: (name) => ({
      what: "fastText's language model",
      addresses: [`https://dl.fbaipublicfiles.com/fasttext/supervised-models/${name}`],
      licence: 'CC BY-SA 3.0',
    }),
  },
  {
    name: /^[a-z-]+\.(sp\.model|arpa\.bin)$/,
    origin: (name) => ({
      what: name.endsWith('.sp.model') ? 'SentencePiece model of a language' : 'KenLM model of a language',
      addresses: [`${DATA_JUICER}/models/${name}`, `https://huggingface.co/edugp/kenlm/resolve/main/wikipedia/${name}`],
      licence: 'trained on Wikipedia, CC BY-SA; see huggingface.co/edugp/kenlm',
    }),
  },
  {
    name: /^(flagged_words|stopwords)\.json$/,
    origin: (name) => ({ what: 'word lists by language', addresses: [`${DATA_JUICER}/${name}`], licence: WORD_LIST }),
  },
  {
    name: /^[\w.-]+\/[\w.-]+\/tokenizer(_config)?\.json$/,
    origin: (name) => {
      const folder = name.slice(0, name.lastIndexOf('/'))
      const address = `https://huggingface.co/${folder}/resolve/main/${name.slice(folder.length + 1)}`
      return { what: 'tokenizer of Hugging Face', addresses: [address], licence: `see huggingface.co/${folder}` }
    },
  },
]

/** Where an asset comes from; null for one that is not known here. */
export function originOf(name: string): AssetOrigin | null {
  return ORIGINS.find((known) => known.name.test(name))?.origin(name) ?? null
}

/** What to do where an asset is missing: the command that fetches it, where there is one. */
export function cureOf(name: string): string {
  const place = 'Put it there, or name another directory by --assets or MILLRACE_ASSETS.'
  return originOf(name) ? `Fetch it by: millrace assets fetch ${name}. ${place}` : place
}
