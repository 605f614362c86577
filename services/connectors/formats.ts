/** How samples lie in a file. `text`: the whole file is the text of one sample. */
export type Format = 'jsonl' | 'json' | 'csv' | 'tsv' | 'parquet' | 'text'

export const FORMATS: readonly Format[] = ['jsonl', 'json', 'csv', 'tsv', 'parquet', 'text']

const JSON_LINES = ['jsonl', 'ndjson']

/** What Data-Juicer's TextFormatter takes for texts, but .docx and .pdf, which are no plain text. */
const TEXTS =
  'txt md tex asm bat cmd c h cs cpp hpp c++ h++ cc hh cmake css dockerfile f90 f f03 f08 f77 f95 for fpp go hs html java js jl lua markdown php php3 php4 php5 phps phpt pl pm pod perl ps1 psd1 psm1 py rb rs sql scala sh bash command zsh ts tsx vb xml rst m smali'.split(
    ' ',
  )

const BY_ENDING = new Map<string, Format>([
  ...JSON_LINES.map((ending) => [ending, 'jsonl'] as const),
  ['json', 'json'],
  ['csv', 'csv'],
  ['tsv', 'tsv'],
  ['parquet', 'parquet'],
  ...TEXTS.map((ending) => [ending, 'text'] as const),
])

/** Endings of what cannot be read, and what to do about it. */
const FOREIGN = new Map([
  ['docx', 'save it as text'],
  ['pdf', 'extract its text first'],
  ...['arrow', 'feather', 'orc', 'lance', 'xlsx'].map((ending) => [ending, 'convert it to Parquet'] as const),
  ...['xz', 'bz2', 'lz4', 'zip', '7z', 'tar', 'tgz'].map(
    (ending) => [ending, 'unpack it, or pack it as .gz or .zst'] as const,
  ),
])

/** The format that a path's ending names, packed or not; null for one that names none. */
export function formatOf(path: string): Format | null {
  return BY_ENDING.get(endingOf(path)) ?? null
}

/** What is to be done about a file that no reader reads; null for any other. */
export function foreignCure(path: string): string | null {
  return FOREIGN.get(endingOf(path)) ?? null
}

/** Of files of several formats, those of the format that most are of, JSON lines counting as JSON: what Data-Juicer reads. */
export function mostCommon(paths: readonly string[]): string[] {
  const counts = new Map(FAMILIES.map((family) => [family, 0]))
  for (const path of paths) {
    const family = familyOf(path)
    counts.set(family, (counts.get(family) ?? 0) + 1)
  }
  const most = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a))[0]
  return paths.filter((path) => familyOf(path) === most)
}

/** In the order in which Data-Juicer asks its formatters; of two with as many files the first is taken. */
const FAMILIES = ['csv', 'json', 'parquet', 'text', 'tsv']

function familyOf(path: string): string {
  const format = formatOf(path)
  if (format === null) return foreignCure(path) === null ? 'json' : 'text'
  return format === 'jsonl' ? 'json' : format
}

function endingOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1).replace(/\.(gz|zst)$/i, '')
  return name.slice(name.lastIndexOf('.') + 1).toLowerCase()
}
