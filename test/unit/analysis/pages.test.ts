import { describe, expect, test } from 'vitest'
import { correlations } from '../../../services/analysis/correlation.ts'
import { Frame } from '../../../services/analysis/frame.ts'
import { analysisPage } from '../../../services/analysis/page/analysis-page.ts'
import { markup } from '../../../services/analysis/page/markup.ts'
import { shown } from '../../../services/analysis/page/numbers.ts'
import { tracePage } from '../../../services/analysis/page/trace-page.ts'
import type { AnalysisReport } from '../../../services/analysis/report.ts'
import { summaries } from '../../../services/analysis/summary.ts'
import type { TraceReport } from '../../../services/analysis/trace.ts'

const EVIL = '<script>alert("1")</script>\u202e'

function report(): AnalysisReport {
  const frame = new Frame()
  for (let i = 0; i < 50; i++) frame.add({ text_len: i * i, num_words: i, lang: i % 2 === 0 ? EVIL : 'en' })
  return {
    recipe: EVIL,
    input: EVIL,
    sample: null,
    documents: 50,
    unreadable: { json_broken: 2 },
    exact: true,
    kept_for_quantiles: 50,
    stats: summaries(frame).map((summary) => ({
      ...summary,
      bounds:
        summary.stat === 'text_len'
          ? [{ operator: 'text_length_filter', index: 3, minimum: 100, maximum: 99_999 }]
          : [],
    })),
    correlations: correlations(frame),
    filters: [
      {
        index: 3,
        name: 'text_length_filter',
        alone: { dropped: { below_minimum: 10 }, failed: {} },
        inOrder: { in: 50, dropped: { below_minimum: 10 }, failed: {} },
      },
    ],
    kept: 40,
    left_out: [{ name: 'document_deduplicator', why: 'it judges the data set as a whole' }],
    seconds: 1,
  }
}

const trace: TraceReport = {
  pipeline: EVIL,
  rejected_from: 'the topic x.rejected',
  changes_from: 'the topic x.raw',
  left_out: [],
  operators: [
    {
      index: 0,
      name: 'clean_email_mapper',
      bounds: null,
      dropped: {},
      tried: { in: 10, changed: 1, failed: {} },
      drops: [],
      changes: [{ id: '0-1', source: EVIL, before: `${EVIL} me@x.org`, after: [EVIL] }],
    },
    {
      index: 1,
      name: 'document_deduplicator',
      bounds: null,
      dropped: { duplicate: 1 },
      tried: null,
      drops: [
        {
          id: '0-2',
          source: 'a.jsonl:3',
          reason: 'duplicate',
          stats: { x: 1.5 },
          duplicate_of: { pipeline: 'p', id: '0-1', source: 'a.jsonl:2', similarity: 1 },
          text: EVIL,
        },
      ],
      changes: [],
    },
  ],
}

describe.each([
  ['an analysis', () => analysisPage(report())],
  ['a trace', () => tracePage(trace)],
])('the page of %s', (_, make) => {
  const html = make()

  test('needs nothing but itself', () => {
    expect(html.match(/https?:|src=|href=|url\(|@import|<script|<link/g)).toBeNull()
    expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`)
  })

  test('shows what documents hold and obeys none of it', () => {
    expect(html).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;\\u202e')
    expect(html).not.toContain('\u202e')
  })

  test('closes what it opens, in order', () => {
    const open: string[] = []
    for (const [, close, name = '', self] of html.matchAll(/<(\/?)([a-z][a-z0-9]*)[^>]*?(\/?)>/g)) {
      if (self || ['meta'].includes(name)) continue
      if (close) expect(open.pop()).toBe(name)
      else open.push(name)
    }
    expect(open).toEqual([])
  })

  test('has one title, headings in steps, and heads for the cells of its tables', () => {
    const levels = [...html.matchAll(/<h(\d)>/g)].map(([, level]) => Number(level))
    expect(levels.filter((level) => level === 1)).toHaveLength(1)
    for (const [i, level] of levels.entries()) expect(level - (levels[i - 1] ?? 0)).toBeLessThanOrEqual(1)
    expect(html.match(/<table>\n<caption>/g)?.length).toBe(html.match(/<table>/g)?.length)
    expect(html).toContain('<html lang="en">')
  })
})

describe('the page of an analysis', () => {
  const html = analysisPage(report())

  test('has a plot with a title, and a table beside it, for each stat that is a number', () => {
    expect(html.match(/<svg[^>]*role="img" aria-label="Histogram and box plot of/g)).toHaveLength(2)
    expect(html.match(/<caption>Quantiles of/g)).toHaveLength(2)
  })

  test('draws the bounds that lie among the values, and tells of those beyond', () => {
    expect(html.match(/class="bound"/g)).toHaveLength(1)
    expect(html).toContain('the recipe&#39;s bounds 100.')
    expect(html).toContain('Beyond the values: the bounds 99,999.')
  })

  test('follows the reader into the dark', () => {
    expect(html).toContain('prefers-color-scheme: dark')
  })

  test('says what it does not show', () => {
    expect(html).toContain('Not read: json_broken 2.')
    expect(html).toContain('<code>document_deduplicator</code>: it judges the data set as a whole')
  })
})

test('a trace marks what was removed and names what a duplicate duplicates', () => {
  const html = tracePage(trace)
  expect(html).toContain('<del> me@x.org</del>')
  expect(html).toContain('Duplicate of 0-1 (a.jsonl:2) in p, similarity 1')
})

test('markup stays, text is escaped, and nothing is written for null', () => {
  expect(markup`<b>${'a & b'}</b>${null}${[markup`<i>`, markup`</i>`]}${7}`.markup).toBe('<b>a &amp; b</b><i></i>7')
})

test('numbers are shown with six digits that count', () => {
  expect([1234567, 0.1234567891, 1e-9, null, Number.POSITIVE_INFINITY, 38705.512].map(shown)).toEqual([
    '1,234,567',
    '0.123457',
    '1e-9',
    '–',
    '∞',
    '38,705.5',
  ])
})
