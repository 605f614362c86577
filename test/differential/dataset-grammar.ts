import type { Json } from '../../schemas/json/keys.ts'
import { hostileText, type Next } from './grammar.ts'

/** Data sets and parameters that know the traps of operators of whole data sets. `next` gives numbers in [0, 1). */
export interface Dataset {
  parameters: { [key: string]: Json }
  inputs: { [key: string]: Json }[]
}

type Sample = { [key: string]: Json }

const pick = <T>(next: Next, choices: readonly T[]): T => {
  const chosen = choices[Math.floor(next() * choices.length)]
  if (chosen === undefined) throw new Error('There is nothing to choose from.')
  return chosen
}

const PLAIN = 'the mill stands by a river and grinds corn that farmers bring from far away every day of autumn'.split(
  ' ',
)
const OTHERS = [
  'naïve',
  'MÜHLE',
  '水車',
  'ΣΟΦΟΣ',
  'İ',
  '😀',
  'a\tb',
  'x\ny',
  'd’or',
  '…',
  '--',
  'x'.repeat(70),
  '\u00a0',
  '。',
  '\u2e5b',
]
const JOINTS = [' ', ' ', ' ', ' ', ' ', '  ', ' \n', ', ', '. ', '\t']

function words(next: Next, count: number): string[] {
  return Array.from({ length: count }, () => pick(next, next() < 0.93 ? PLAIN : OTHERS))
}

/** Texts of which many are others with a few words changed, in chains and in stars, and some are short, empty or hostile. */
function similarTexts(next: Next, count: number): string[] {
  const seeds: string[][] = []
  return Array.from({ length: count }, () => {
    const chance = next()
    if (chance < 0.04) return pick(next, ['', ' ', '\n', 'a', 'a b c', '水', '....,,,,', 'A  b'])
    if (chance < 0.1) return hostileText(next)
    if (chance < 0.4 || seeds.length === 0) {
      seeds.push(words(next, Math.ceil(next() ** 2 * 120)))
      return joined(next, seeds.at(-1) ?? [])
    }
    const from = pick(next, next() < 0.5 ? seeds.slice(-2) : seeds)
    const changed = from.slice()
    const changes = Math.floor(next() ** 2 * 6)
    for (let i = 0; i < changes; i++)
      changed.splice(Math.floor(next() * changed.length), Math.floor(next() * 2), ...words(next, 1))
    if (next() < 0.7) seeds.push(changed)
    return joined(next, changed)
  })
}

function joined(next: Next, parts: string[]): string {
  const even = next() < 0.7
  const text = parts.reduce((made, part, i) => (i === 0 ? part : made + (even ? ' ' : pick(next, JOINTS)) + part), '')
  if (next() < 0.1) return text.toUpperCase()
  return next() < 0.1 ? ` ${text}\n` : text
}

/** Texts that share lines, exempt ones among them. */
function texts(next: Next, count: number): string[] {
  const lines = [
    ...Array.from({ length: 12 }, () => joined(next, words(next, Math.ceil(next() * 5)))),
    ...[
      '{',
      '} ;',
      '# Title',
      ' #x',
      '\\begin{a}',
      ' \\end{b}',
      '</div>',
      '<p class="x">',
      '<p>x</p>',
      '<a',
      '<ſ>',
      '<\u212a x',
    ],
    ...[
      '',
      ' ',
      'x',
      '12 34',
      '1,2',
      'Abc',
      'aBC ',
      'ab\rc',
      '\u001fx y\u001f',
      'ab  c1',
      '٣',
      '한',
      '\u00a0\u00a0\u00a0',
    ],
  ]
  return Array.from({ length: count }, () =>
    Array.from({ length: Math.floor(next() * 9) }, () => (next() < 0.85 ? pick(next, lines) : hostileText(next))).join(
      '\n',
    ),
  )
}

/** Values of a column, of one kind as a table has it. `plain`: without lists, and without nothing. */
function column(next: Next, plain: boolean): () => Json {
  const kind = pick(next, ['int', 'float', 'string', 'numeric', 'boolean', 'big', ...(plain ? [] : ['list'])])
  const spread = pick(next, [2, 5, 1000])
  const isSparse = !plain && next() < 0.2
  const values: Record<string, () => Json> = {
    int: () => Math.floor((next() - 0.4) * spread),
    float: () => Math.round((next() - 0.4) * spread * 4) / 4 + 0.5,
    string: () =>
      pick(next, ['a', 'b', 'B', '', 'é', '\uffee', '😀', 'zz']).repeat(Math.ceil(next() * Math.log2(spread))),
    numeric: () => pick(next, ['1', ' 2.5 ', '-3e2', '1_0', 'x', '', 'inf', '-Infinity', '٣', '0x1', '7\u001f']),
    boolean: () => next() < 0.5,
    list: () => Array.from({ length: Math.floor(next() * 14) }, () => Math.round(next() * 100 * spread) / 100),
    big: () => Math.floor(next() * 3) + 2 ** 52,
  }
  const value = values[kind] ?? (() => null)
  return () => (isSparse && next() < 0.2 ? null : value())
}

/** Data-Juicer fails as a whole on what is no value for a column at the top level, where we fail single documents. */
function table(next: Next, count: number): Sample[] {
  const [x, y, z] = [column(next, true), column(next, false), column(next, false)]
  return Array.from({ length: Math.max(2, count) }, (_, i) => ({
    text: `t${i % 7}`,
    x: x(),
    m: { y: y(), n: { z: z() } },
  }))
}

const SHINGLES = (next: Next, window: number): { [key: string]: Json } => ({
  ...(next() < 0.5 ? { tokenization: pick(next, ['space', 'punctuation', 'character']) } : {}),
  ...(next() < 0.5 ? { window_size: pick(next, [1, 2, 3, window, window + 3, 40]) } : {}),
  ...(next() < 0.3 ? { lowercase: false } : {}),
  ...(next() < 0.3 ? { ignore_pattern: pick(next, ['\\p{P}', '[^\\w]+', '\\d', 'm.l', 'a.b', '', "r'x'"]) } : {}),
})

const minHash = (next: Next): { [key: string]: Json } => ({
  ...SHINGLES(next, 5),
  ...(next() < 0.5 ? { num_permutations: pick(next, [1, 7, 16, 64, 128, 200]) } : {}),
  ...(next() < 0.4 ? { jaccard_threshold: pick(next, [0, 0.3, 0.5, 0.8, 0.95, 1]) } : {}),
  ...(next() < 0.3 ? { num_bands: pick(next, [1, 3, 20, 26]), num_rows_per_band: pick(next, [1, 4, 10, 13]) } : {}),
})

const simHash = (next: Next): { [key: string]: Json } => {
  const [blocks = 6, distance = 4] = pick(next, [
    [6, 4],
    [9, 7],
    [10, 8],
    [6, 5],
    [2, 1],
    [4, 3],
    [16, 3],
    [12, 10],
  ])
  return { ...SHINGLES(next, 6), ...(next() < 0.7 ? { num_blocks: blocks, hamming_distance: distance } : {}) }
}

const ratio = (next: Next): Json => pick(next, [null, 0, 0.05, 0.3, 0.5, 0.77, 1])
const rank = (next: Next): Json => pick(next, [null, null, 1, 2, 5, 50, 5000])
const fieldKey = (next: Next): Json => pick(next, ['x', 'x', 'm.y', 'm.n.z', ''])

const flags = (next: Next, ...names: string[]): { [key: string]: Json } =>
  Object.fromEntries(names.flatMap((name) => (next() < 0.4 ? [[name, next() < 0.5]] : [])))

const uids = (next: Next, samples: Sample[]): Sample[] => {
  const order = samples.map(() => next())
  const ranks = [...order].sort((a, b) => a - b)
  return samples.map((sample, i) => ({ ...sample, __dj__uid: ranks.indexOf(order[i] ?? 0) * 3 - 20 }))
}

const bodies = (next: Next, count: number): Sample[] => similarTexts(next, count).map((text) => ({ text }))

/** How data sets are made for each operator that Data-Juicer runs without Ray. */
export const DATASETS: Record<string, (next: Next, count: number) => Dataset> = {
  document_deduplicator: (next, count) => ({
    parameters: flags(next, 'lowercase', 'ignore_non_character'),
    inputs: bodies(next, count),
  }),
  document_minhash_deduplicator: (next, count) => ({ parameters: minHash(next), inputs: bodies(next, count) }),
  document_minhash_deduplicator_with_uid: (next, count) => ({
    parameters: minHash(next),
    inputs: uids(next, bodies(next, count)),
  }),
  document_simhash_deduplicator: (next, count) => ({ parameters: simHash(next), inputs: bodies(next, count) }),
  document_line_deduplicator: (next, count) => ({
    parameters: {
      ...flags(
        next,
        'lowercase',
        'ignore_special_character',
        'skip_brackets',
        'skip_markdown_headers',
        'skip_latex_env',
        'skip_html_tags',
      ),
      ...(next() < 0.7
        ? { frequency_threshold: pick(next, [0, 1, 2, 10, Math.floor(count / 4), Math.floor(count / 2)]) }
        : {}),
      ...(next() < 0.4 ? { min_line_length: pick(next, [0, 1, 3, 6]) } : {}),
    },
    inputs: texts(next, count).map((text) => ({ text })),
  }),
  topk_specified_field_selector: (next, count) => ({
    parameters: { field_key: fieldKey(next), top_ratio: ratio(next), topk: rank(next), ...flags(next, 'reverse') },
    inputs: table(next, count),
  }),
  range_specified_field_selector: (next, count) => ({
    parameters: {
      field_key: fieldKey(next),
      lower_percentile: ratio(next),
      upper_percentile: ratio(next),
      lower_rank: rank(next),
      upper_rank: rank(next),
    },
    inputs: table(next, count),
  }),
  frequency_specified_field_selector: (next, count) => ({
    parameters: { field_key: fieldKey(next), top_ratio: ratio(next), topk: rank(next), ...flags(next, 'reverse') },
    inputs: table(next, count),
  }),
  tags_specified_field_selector: (next, count) => ({
    parameters: {
      field_key: fieldKey(next),
      target_tags: Array.from({ length: 4 }, () => pick(next, ['a', 'b', 1, 2, true, null, 0.5, '', 'zz'])),
    },
    inputs: table(next, count),
  }),
  random_selector: (next, count) => ({
    parameters: { select_ratio: ratio(next), select_num: rank(next) },
    inputs: table(next, count),
  }),
  naive_grouper: (next, count) => ({ parameters: {}, inputs: table(next, count) }),
  key_value_grouper: (next, count) => ({
    parameters:
      next() < 0.2
        ? {}
        : { group_by_keys: pick(next, [['x'], ['m.y', 'x'], ['text'], ['m'], ['m.n.z'], ['q.r'], ['x.0'], []]) },
    inputs: table(next, count),
  }),
}
