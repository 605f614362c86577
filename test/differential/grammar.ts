/** Texts and parameters that know the traps of text operators. `next` gives numbers in [0, 1). */
export type Next = () => number

const pick = <T>(next: Next, choices: readonly T[]): T => {
  const chosen = choices[Math.floor(next() * choices.length)]
  if (chosen === undefined) throw new Error('There is nothing to choose from.')
  return chosen
}

const WORDS = [
  'the',
  'of',
  'Mill',
  'MÜHLE',
  'straße',
  'ſhip',
  'İstanbul',
  'ΣΟΦΟΣ',
  'naïve',
  'ﬁne',
  'sex',
  'a',
  'x1',
  '3.14',
  "don't",
  'न्दी',
  '水車',
  '水',
  '汉字处理',
  'ひらがな',
  'ﾊﾝｶｸ',
  '한글',
]
const BLANKS = [
  ' ',
  '  ',
  '\t',
  '\u00a0',
  '\u2003',
  '\u200b',
  '\u200d',
  '\u3000',
  '\ufeff',
  '\u0085',
  '\u1680',
  '\u001f',
  '\u2060',
]
const LINE_ENDS = ['\n', '\n\n', '\r\n', '\r', '\v', '\f', '\u001c', '\u0085', '\u2028', '\u2029']
const MARKS = [
  ',',
  '.',
  '!',
  '?',
  '…',
  '。',
  '！',
  '，',
  '“',
  '”',
  '’',
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  '|',
  '#',
  '*',
  '-',
  '--',
  '//',
  '/*',
  '*/',
  '@',
  '&',
  '%',
  '\\',
  '$',
  '~',
  '～',
  '１',
  '\u0000',
  '\u0001',
  '\u007f',
]
const SIGNS = [
  '😀',
  '👨\u200d👩\u200d👧',
  '☺\ufe0f',
  '🇩🇪',
  'e\u0301',
  '\u0301',
  '\ud83d',
  '\ude00',
  '\u{1f3fd}',
  '𝔘',
  '\u0345',
]
const THINGS = [
  'https://www.example.org/a_(b)?q=1#x',
  'http:x',
  'www.x.de',
  'foo.com/',
  'mailto:x@y.z',
  'ftp://h/p',
  'WWW2.X.COM/Y',
  'javascript:alert(1)',
  'jane.doe+x@mail.example.org',
  'A@B.COM',
  'a@b',
  'a@b.c.',
  '127.0.0.1',
  '256.1.1.1',
  '1:2:3:4:5:6:7:8',
  '::1',
  '13812345678',
  '11010519491231002X',
  '&amp;',
  '&lt;',
  '&#128;',
  '&nbsp',
  'Ã©',
  'â€™',
  'Ã\u00a0',
  '<p>',
  '</p>',
  '<br/>',
  '<li>',
  '</li>',
  '<table><tr><td>1</td></tr></table>',
  '<!-- c -->',
  '<script>x</script>',
  '\\section{A}',
  '\\begin{figure}',
  '\\end{figure}',
  '\\newcommand{\\x}{y}\n',
  '\\x ',
  '\\bibliography{a}',
  '\\appendix',
  '% comment',
  '\\% no comment',
  '// header',
  '# header',
  '-- header',
  '/* Copyright 2020 */',
  'Copyright',
  '| a | b |',
  'a b c\nd e f\n',
  '{"a": [1, null]}',
]
const REPEATED = ['a', 'ab', 'the ', '啊', '😀', '\n', ' ', '.', 'http://', '((', '<']

function piece(next: Next): string {
  const at = next()
  if (at < 0.35) return pick(next, WORDS)
  if (at < 0.55) return pick(next, BLANKS)
  if (at < 0.65) return pick(next, LINE_ENDS)
  if (at < 0.77) return pick(next, MARKS)
  if (at < 0.84) return pick(next, SIGNS)
  if (at < 0.97) return pick(next, THINGS)
  return pick(next, REPEATED).repeat(Math.floor(next() * 60))
}

/** A text of up to some eighty pieces; now and then empty, short or very repetitive. */
export function hostileText(next: Next): string {
  const length = next() < 0.1 ? Math.floor(next() * 3) : Math.floor(next() * next() * 80)
  return Array.from({ length }, () => piece(next)).join(next() < 0.5 ? ' ' : '')
}

/** A parameter as its JSON schema describes it, as far as this generator reads it. */
interface Property {
  type?: string
  enum?: unknown[]
  const?: unknown
  anyOf?: Property[]
  items?: Property | false
  prefixItems?: Property[]
  default?: unknown
}

const NUMBERS = [0, 1, 2, 3, 5, 10, 50, 0.1, 0.25, 0.3, 0.5, 0.75, 1.5]
const STRINGS = ['', 'x', 'en', ' ', '<X>', '\\1', '汉']
const PATTERNS = ['a', '\\s+', '[a-z]+', '(\\w)\\1', '\\d', '^.', '.$', '\\bthe\\b', '[^\\x00-\\x7f]', '(?i)mill']

/** Parameters for these properties: most are left at their default, so that one is judged at a time. */
export function someParameters(next: Next, properties: Record<string, Property>): Record<string, unknown> {
  const chosen: Record<string, unknown> = {}
  for (const [name, property] of Object.entries(properties))
    if (next() < 0.35) chosen[name] = someValue(next, name, property)
  return chosen
}

function someValue(next: Next, name: string, property: Property): unknown {
  if (property.anyOf) return someValue(next, name, pick(next, property.anyOf))
  if (property.enum) return pick(next, property.enum)
  if ('const' in property) return property.const
  if (property.type === 'boolean') return next() < 0.5
  if (property.type === 'integer') return pick(next, NUMBERS.filter(Number.isInteger))
  if (property.type === 'number') return pick(next, NUMBERS)
  if (property.prefixItems) return property.prefixItems.map((item) => someValue(next, name, item))
  if (property.type === 'array') return [someValue(next, name, property.items || { type: 'string' })]
  if (property.type === 'string') return pick(next, name.includes('pattern') ? PATTERNS : STRINGS)
  return property.default ?? null
}
