import { defineTextMapper } from '../../../../topologies/operator.ts'
import { commonParameters } from '../../../../topologies/parameters.ts'

/** The letter İ folds to i in Python's regex. */
const COPYRIGHT = /copyr[iİ]ght/i
const LINE_COMMENTS = ['//', '#', '--']

export default defineTextMapper({
  name: 'clean_copyright_mapper',
  summary: 'Removes the first block comment if it speaks of copyright, or else the comment lines at the start.',
  parameters: commonParameters,
  quirks: [
    'Only the first block comment is looked at, wherever it is, and with one in the text no comment line is removed.',
    'Empty lines at the start go too, and so do a shebang, Markdown titles, and a text that is all comments.',
  ],
  examples: [
    {
      title: 'removes a block comment about copyright',
      text: '/* Copyright 2024 Somebody */\nint x;\n',
      expect: { text: '\nint x;\n' },
    },
    {
      title: 'keeps another block comment',
      text: '# a\n/* about x */\nint x;',
      expect: { text: '# a\n/* about x */\nint x;' },
    },
    {
      title: 'removes comment lines at the start',
      text: '# Licence\n\n// more\nx = 1 # y',
      expect: { text: 'x = 1 # y' },
    },
    { title: 'keeps a text without a header', text: 'x = 1\n# y', expect: { text: 'x = 1\n# y' } },
  ],
  create: () => (text) => cleanCopyright(text.value),
})

function cleanCopyright(text: string): string {
  const open = text.indexOf('/*')
  const close = open < 0 ? -1 : text.indexOf('*/', open + 2)
  if (close < 0) return withoutLeadingComments(text)
  const comment = text.slice(open, close + 2)
  return COPYRIGHT.test(comment) ? text.slice(0, open) + text.slice(close + 2) : text
}

/** Drops the lines at the start that are empty or begin with a comment mark; lines end at a line feed only. */
function withoutLeadingComments(text: string): string {
  let start = 0
  while (text[start] === '\n' || LINE_COMMENTS.some((mark) => text.startsWith(mark, start))) {
    const end = text.indexOf('\n', start)
    if (end < 0) return ''
    start = end + 1
  }
  return text.slice(start)
}
