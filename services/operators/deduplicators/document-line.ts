import { z } from 'zod'
import { defineLineDeduplicator } from '../../../topologies/operator.ts'
import { commonParameters } from '../../../topologies/parameters.ts'
import { isExempt } from '../lines/exemption.ts'
import { bareHash, requireWellFormed } from '../text/bare-text.ts'

const skipped = (what: string) => z.boolean().default(true).describe(`whether ${what} stay in any case`)

export default defineLineDeduplicator({
  name: 'document_line_deduplicator',
  summary: 'Takes lines out of all texts that stand in many documents, such as menus and copyright notices.',
  parameters: commonParameters.extend({
    frequency_threshold: z.int().default(6).describe('a line goes that stands in more documents than this'),
    lowercase: z.boolean().default(false).describe('whether lines are compared in lower case'),
    ignore_special_character: z
      .boolean()
      .default(false)
      .describe('whether blanks, digits and punctuation of ASCII do not count'),
    min_line_length: z
      .int()
      .default(2)
      .describe('shorter lines, less the blanks at their ends, stay in any case; characters'),
    skip_brackets: skipped('lines of brackets and semicolons alone'),
    skip_markdown_headers: skipped('lines that begin with #'),
    skip_latex_env: skipped('lines that begin or end an environment of LaTeX'),
    skip_html_tags: skipped('lines of one HTML tag alone'),
  }),
  quirks: [
    'No document goes: a text may become empty.',
    'A line counts once for each document, however often it stands there; all of its places go.',
    'With ignore_special_character, all lines without letters are one line.',
  ],
  examples: [
    {
      title: 'takes out what stands in more documents than the threshold',
      parameters: { frequency_threshold: 1 },
      before: [{ text: 'All rights reserved\nAn owl' }],
      text: 'A mill\nAll rights reserved\nby the river',
      expect: { text: 'A mill\nby the river' },
    },
    {
      title: 'leaves headings of Markdown',
      parameters: { frequency_threshold: 1 },
      before: [{ text: '# Contents' }],
      text: '# Contents\na mill',
      expect: { text: '# Contents\na mill' },
    },
    {
      title: 'leaves a single document as it is',
      parameters: { frequency_threshold: 0 },
      text: 'a mill',
      expect: { text: 'a mill' },
    },
  ],
  create(parameters) {
    const { lowercase, ignore_special_character: ignoring } = parameters
    const hashOf = bareHash({ lowercase, without: ignoring ? 're' : null })
    const keyOf = (line: string) => (isExempt(line, parameters) ? null : hashOf(line).toString('latin1'))
    return {
      threshold: parameters.frequency_threshold,
      lines(subject) {
        const { value } = subject.text()
        requireWellFormed(value)
        return [...new Set(value.split('\n').flatMap((line) => keyOf(line) ?? []))]
      },
      without(subject, frequent) {
        const lines = subject.text().value.split('\n')
        const left = lines.filter((line) => {
          const key = keyOf(line)
          return key === null || !frequent(key)
        })
        return left.length === lines.length ? null : left.join('\n')
      },
    }
  },
})
