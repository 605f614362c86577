import type { Passage } from './addresses.ts'

/** One kind of dirt: how a passage is spoiled into the bytes of a line. */
interface Dirt {
  kind: string
  spoil(passage: Passage): Buffer
}

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))
const withText = (passage: Passage, text: unknown): Buffer => json({ ...passage, text })

/** What real crawls hold, one line each; the quickstart shows where each kind ends. */
const DIRT: Dirt[] = [
  { kind: 'broken JSON', spoil: (passage) => json(passage).subarray(0, 200) },
  {
    kind: 'invalid UTF-8',
    spoil: (passage) => Buffer.from(json(passage).toString().replace(' the ', ' \u00e9 '), 'latin1'),
  },
  { kind: 'null text', spoil: (passage) => withText(passage, null) },
  { kind: 'missing text', spoil: ({ id, meta }) => json({ id, meta }) },
  { kind: 'text that is a number', spoil: (passage) => withText(passage, passage.text.length) },
  { kind: 'empty text', spoil: (passage) => withText(passage, '') },
  { kind: 'byte order mark', spoil: (passage) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), json(passage)]) },
  { kind: 'trailing comma', spoil: (passage) => Buffer.from(`${JSON.stringify(passage).slice(0, -1)},}`) },
  {
    kind: 'mojibake',
    spoil: (passage) => withText(passage, Buffer.from(passage.text.replaceAll("'", '’')).toString('latin1')),
  },
  { kind: 'HTML entities', spoil: (passage) => withText(passage, passage.text.replaceAll(' and ', ' &amp; ')) },
  {
    kind: 'e-mail address',
    spoil: (passage) => withText(passage, `${passage.text} Write to jane.doe@example.org or office@mail.example.com.`),
  },
  {
    kind: 'links',
    spoil: (passage) =>
      withText(passage, `See https://www.example.org/archive?id=${passage.meta.year} first. ${passage.text}`),
  },
  { kind: 'repetition', spoil: (passage) => withText(passage, 'again and again '.repeat(200)) },
  { kind: 'only symbols', spoil: (passage) => withText(passage, '*** --- ### '.repeat(80)) },
  { kind: 'short text', spoil: (passage) => withText(passage, passage.text.slice(0, 12)) },
]

/** One line in this many is spoiled, and one in as many again is doubled. */
const EVERY = 12

export interface DirtyCorpus {
  lines: Buffer[]
  /** How many lines of each kind were spoiled. */
  dirt: Record<string, number>
}

/** The passages as JSON lines with dirt of every kind, always at the same places. */
export function soiled(passages: Iterable<Passage>): DirtyCorpus {
  const lines: Buffer[] = []
  const dirt: Record<string, number> = {}
  let number = 0
  for (const passage of passages) {
    const spoiler = number % EVERY === EVERY - 1 ? DIRT[Math.floor(number / EVERY) % DIRT.length] : undefined
    const line = spoiler ? spoiler.spoil(passage) : json(passage)
    lines.push(line)
    if (spoiler) dirt[spoiler.kind] = (dirt[spoiler.kind] ?? 0) + 1
    if (number % (EVERY * 8) === 0) {
      lines.push(line)
      dirt['doubled line'] = (dirt['doubled line'] ?? 0) + 1
    }
    number++
  }
  return { lines, dirt }
}
