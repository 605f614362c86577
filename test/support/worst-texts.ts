import { random } from './random.ts'

/** A text of so many UTF-16 units, or somewhat more, that is made to be dear. */
export interface WorstText {
  title: string
  make(length: number): string
}

/** Pieces that something begins with, ends with or consists of: in a row they are what a scan may run over again and again. */
const PIECES = [
  ...[
    'a',
    ' ',
    '  ',
    '\n',
    '\r\n',
    '\t',
    '.',
    '-',
    '_',
    '0',
    '1.',
    '1.1.1.',
    '1:',
    ':1',
    '1 ',
    '1-',
    '13800138000',
    '4111 1111 1111 1111 ',
  ],
  ...[
    '@',
    'a@',
    'a@a.',
    'a.',
    'A.',
    'A. ',
    'Mr. ',
    '! ',
    '?" ',
    'http://',
    'http:',
    'www.',
    'a.b/',
    ':',
    '://',
    '//',
    'a:',
    'a-',
    '%a',
  ],
  ...[
    '(',
    ')',
    '()',
    '(a)',
    '((',
    '[',
    ']',
    '{',
    '}',
    '{}',
    '$',
    '~',
    '=',
    'key=',
    'api_key="',
    'Bearer ',
    'sk-',
    '/a',
    '/a/',
    '~/',
    'C:\\',
    '\\\\a\\',
  ],
  ...[
    '<',
    '>',
    '</',
    '<a',
    '<a ',
    '<a b="',
    "<a b='",
    '<a b',
    '<b>',
    '<i><b>',
    '<div>',
    '<p>',
    '<p',
    '</p>',
    '<table>',
    '<tr>',
    '<td>',
    '<table><td>',
  ],
  ...[
    '<a><p>',
    '<b><p>',
    '<svg>',
    '<math>',
    '<select>',
    '<template>',
    '<form>',
    '<li>',
    '<h1>',
    '<option>',
    '<!--',
    '<!-',
    '<!',
    '<?',
    '<![CDATA[',
    '<![if',
    '<script>',
    '<script',
    '</script',
    '<style>',
    '<textarea>',
    '<plaintext>',
  ],
  ...[
    '&',
    '&a',
    '&amp;',
    '&amp',
    'amp;',
    '&#',
    '&#1',
    '&#x1;',
    '&lt;',
    ';',
    '|',
    'a|',
    '||',
    'a b\n',
    'a|b\n',
    'a b',
    'a\tb ',
    '"',
    "'",
    '`',
    '“',
    '”',
    '’',
  ],
  ...[
    '\\',
    '\\a',
    '\\begin{',
    '\\begin{figure}',
    '\\begin{subfigure}',
    '\\begin{minipage}',
    '\\end{figure}',
    '\\ref{',
    '\\ref{a,',
    '\\ref{a}',
    '\\label{a}',
    '\\subfloat[',
    '\\subfloat{',
    '\\subfloat[]{',
    '\\includegraphics{',
    '\\includegraphics[',
    '\\caption{',
    '\\caption[',
  ],
  ...[
    '\\newcommand{',
    '\\newcommand{\\a}{',
    '\\newcommand{\\a}{}\n',
    '\\def\\a{',
    '\\def\\a{b}\n',
    '\\def',
    '\\section{',
    '\\section[',
    '\\section',
    '\\bibliography{',
    '\\begin{references',
    '%',
    '\\%',
    '% ',
    '%\n',
    '/*',
    '*/',
    '#',
    '# ',
  ],
  ...[
    '水',
    '水a',
    '水 ',
    '水。',
    '，',
    'Ã',
    'Ã©',
    'Â',
    'â€',
    'â',
    '\u00a0',
    '😀',
    '\ud83d',
    '\ude00',
    '\u0301',
    'e\u0301',
    '\u200d',
    '\0',
    '\u001b[',
    '\u0085',
    '\u3000',
    'ﬁ',
    'ß',
    'İ',
    'ſ',
    '１',
    '～',
  ],
  ...[
    '## ',
    '## a',
    'Check "',
    'Check "/',
    '/SKILL.md',
    'a/SKILL.md',
    'error',
    'error: ',
    'exit code',
    'not found',
    '"a":',
    '[[',
    '[{',
    '{"a":',
  ],
]
/** What opens and what closes: first all of one, then all of the other. */
const PAIRS: [string, string][] = [
  ['(', ')'],
  ['[', ']'],
  ['{', '}'],
  ['<div>', '</div>'],
  ['<b>', '</b>'],
  ['<b>', '</p>'],
  ['<a><b>', '<p>'],
  ['<table><tr><td>', '</td></tr></table>'],
  ['<table>', 'a'],
  ['<select>', '</select>'],
  ['<template>', '</template>'],
  ['<p>', '</div>'],
  ['<ul><li>', '</li></ul>'],
  ['\\begin{figure}', '\\end{figure}'],
  ['\\begin{figure}\\subfloat{', '}\\end{figure}'],
  ['\\caption{', '}'],
  ['{"a":', '}'],
  ['[', '1,'],
  ['&', 'amp;'],
  ['a', '@'],
  ['a.', '@'],
  ['a', ' '],
  ['水', 'a'],
  [' ', '.'],
  ['\n', 'a'],
  ['\\', 'a'],
]

/** Rows, words and names of which no two are alike, and what grows while it is read. */
const SERIES: Record<string, (i: number) => string> = {
  'different words': (i) => `w${(i * 7919).toString(36)} `,
  'different lines': (i) => `line ${i} of it\n`,
  'different tags': (i) => `<t${i}>`,
  'different attributes': (i) => `${i === 0 ? '<a ' : ''}b${i}=1 `,
  'different macros': (i) => `\\newcommand{\\m${i}}{\\m${i + 1}x}\n\\m${i} `,
  'different labels': (i) => `\\begin{figure}\\includegraphics{${i}}\\label{l${i}}\\end{figure}\n\n\\ref{l${i}}\n\n`,
  'parts of a figure': (i) =>
    `${i === 0 ? '\\begin{figure}' : ''}\\subfloat[${i}]{\\includegraphics{${i}}\\label{p${i}}}`,
  'different characters': (i) => String.fromCharCode(0x20 + ((i * 31) % 0xd700)),
  'tables of two rows': (i) => `${'a '.repeat((i % 19) + 1)}a\n`.repeat(2),
  'rows of rising columns': (i) => `${'a '.repeat(i % 40)}a\n`,
  'rows of bars': (i) => `${'a|b '.repeat(i % 10)}a\n`,
  'rising numbers': (i) => `${i}.`,
  'cells of a table': (i) => `${i === 0 ? '<table><tr>' : ''}<td>${i}</td>`,
  'formatting, opened again in each paragraph': (i) => `<p><b a=${i}>x`,
  'formatting, within and around blocks': (i) => `<a b=${i}><div></a>x`,
  'links, nested': (i) => `http://a.b/(${i}(`,
  'sentences of initials': (i) => `${String.fromCharCode(65 + (i % 26))}. `,
}

function cut(piece: string, length: number): string {
  return piece.repeat(Math.ceil(length / piece.length))
}

function repeated(piece: string): WorstText {
  return { title: `${JSON.stringify(piece)} again and again`, make: (length) => cut(piece, length) }
}

function nested([open, close]: [string, string]): WorstText {
  const make = (length: number) => {
    const times = Math.ceil(length / (open.length + close.length))
    return open.repeat(times) + close.repeat(times)
  }
  return { title: `${JSON.stringify(open)} and then ${JSON.stringify(close)}`, make }
}

function series(title: string, part: (i: number) => string): WorstText {
  const make = (length: number) => {
    const parts: string[] = []
    for (let sum = 0; sum < length; sum += parts.at(-1)?.length ?? 1) parts.push(part(parts.length))
    return parts.join('')
  }
  return { title, make }
}

/** Texts of all kinds of repetition, nesting and difference. */
export function worstTexts(): WorstText[] {
  return [
    ...PIECES.map(repeated),
    ...PAIRS.map(nested),
    ...Object.entries(SERIES).map(([title, part]) => series(title, part)),
  ]
}

/** So many more: two to four pieces again and again, with one piece before all and one behind all. */
export function randomWorstTexts(count: number, seed: number): WorstText[] {
  const next = random(seed)
  const piece = () => PIECES[Math.floor(next() * PIECES.length)] ?? ''
  return Array.from({ length: count }, () => {
    const [before, behind] = [piece(), piece()]
    const unit = Array.from({ length: 2 + Math.floor(next() * 3) }, piece).join('')
    const title = `${JSON.stringify(before)}, ${JSON.stringify(unit)} again and again, ${JSON.stringify(behind)}`
    return { title, make: (length) => before + cut(unit, length) + behind }
  })
}
