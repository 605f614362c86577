import { z } from 'zod'
import { type Exact, Numeral } from '../../../../schemas/json/exact.ts'
import { defineSampleMapper } from '../../../../topologies/operator.ts'
import { commonParameters } from '../../../../topologies/parameters.ts'
import { messagesOf } from '../../agent/messages.ts'
import { firstPoints } from '../../python/code-points.ts'
import { dumps, reprFloat, str } from '../../python/spelling.ts'
import { get, isDict } from '../../python/values.ts'
import { checkPatterns, searching } from '../../text/python-pattern.ts'
import { strip } from '../../text/python-strings.ts'

const TOOL_ROLES = ['tool', 'tool_use']
const LONGEST_DUMP = 10_000
const PREVIEW = 200

/** What any default error has in it; few texts do, and only those are looked at closely. */
const SUSPICIOUS = /error|except[iİı]on|fa[iİı]l|found|den[iİı]ed|失败|错误|无法访问|权限|找不到/iu
const ERRORS = [
  '(?i)\\berror\\s*:',
  '(?i)\\bexception\\b',
  '(?i)\\bfailed\\b',
  '(?i)\\bfailure\\b',
  '(?i)not\\s+found',
  '(?i)permission\\s+denied',
  '(?:执行|操作|请求|调用|接口)失败',
  '(?:发生|出现)错误',
  '错误码',
  '无法访问',
  '权限不足',
  '无权限',
  '找不到',
]

const parameters = commonParameters
  .extend({
    messages_key: z.string().default('messages').describe('field that holds the list of messages'),
    tool_role_names: z
      .array(z.string())
      .nullish()
      .describe(
        'roles, in small letters, of the messages that hold what a tool gave back; tool and tool_use when not given',
      ),
    success_patterns: z.array(z.string()).nullish().describe('no effect: what is no error is a success anyway'),
    error_patterns: z
      .array(z.string())
      .nullish()
      .describe(
        "regular expressions of Python's module re that are found in errors; English and Chinese words for failures when not given",
      ),
    store_per_tool_results: z
      .boolean()
      .default(true)
      .describe('whether each result is a tag too, with the first 200 characters of it'),
  })
  .superRefine(({ error_patterns }, context) => checkPatterns('error_patterns', error_patterns ?? [], context))

export default defineSampleMapper({
  name: 'tool_success_tagger_mapper',
  summary: 'Tags an agent transcript with how many of its tool results are successes and how many are errors.',
  parameters,
  tags: true,
  quirks: [
    'Whatever a tool gave back is a success unless it has the look of an error; success_patterns change nothing.',
    'A page that a tool read and that speaks of an exception counts as an error.',
  ],
  examples: [
    {
      title: 'counts successes, errors and what is empty',
      text: 'a transcript',
      fields: {
        messages: [
          { role: 'user', content: 'Error: not looked at' },
          { role: 'tool', content: 'Wrote 12 bytes' },
          { role: 'Tool', content: [{ type: 'text', text: ' Permission denied ' }] },
          { role: 'tool', content: '' },
        ],
      },
      expect: {
        documents: [
          {
            __dj__meta__: {
              tool_success_count: 1,
              tool_fail_count: 1,
              tool_unknown_count: 1,
              tool_success_ratio: 0.5,
              tool_results: [
                { content_preview: 'Wrote 12 bytes', result: 'success' },
                { content_preview: 'Permission denied', result: 'error' },
                { content_preview: '', result: 'unknown' },
              ],
            },
          },
        ],
      },
    },
    {
      title: 'has no ratio without results',
      parameters: { store_per_tool_results: false },
      text: 'a transcript',
      expect: {
        documents: [
          {
            text: 'a transcript',
            __dj__meta__: {
              tool_success_count: 0,
              tool_fail_count: 0,
              tool_unknown_count: 0,
              tool_success_ratio: null,
            },
          },
        ],
      },
    },
    {
      title: 'looks for errors that a pattern of the user tells',
      parameters: { error_patterns: ['^\\d+ mistakes?$'], store_per_tool_results: false },
      text: 'a transcript',
      fields: {
        messages: [
          { role: 'tool', content: '3 mistakes' },
          { role: 'tool', content: 'Error: none' },
        ],
      },
      expect: { documents: [{ __dj__meta__: { tool_success_count: 1, tool_fail_count: 1, tool_success_ratio: 0.5 } }] },
    },
    {
      title: 'fails on a message that is no object',
      text: '',
      fields: { messages: ['hello'] },
      expect: { fail: true },
    },
  ],
  create({ messages_key, tool_role_names, error_patterns, store_per_tool_results }) {
    const roles = new Set(tool_role_names?.length ? tool_role_names : TOOL_ROLES)
    const isError = errorsOf(error_patterns ?? [])
    return (subject) => {
      const results = messagesOf(subject, messages_key)
        .filter(({ role }) => roles.has(role))
        .map(({ content }) => resultOf(textOf(content), isError))
      return [{ tags: tagsOf(results, store_per_tool_results) }]
    }
  },
})

/** Tells errors from other results. */
type Judge = (result: string) => boolean

function errorsOf(patterns: string[]): Judge {
  const searches = (patterns.length > 0 ? patterns : ERRORS).map((pattern) => searching(pattern, 're'))
  const isError: Judge = (result) => searches.some((search) => search(result))
  return patterns.length > 0 ? isError : (result) => SUSPICIOUS.test(result) && isError(result)
}

/** What a tool gave back, as text: blocks of text line by line, other objects as JSON. */
function textOf(content: Exact | undefined): string {
  if (content === undefined || content === null) return ''
  if (Array.isArray(content)) return strip(content.flatMap(textOfBlock).join('\n'))
  return isDict(content) ? firstPoints(dumps(content), LONGEST_DUMP) : strip(str(content))
}

function textOfBlock(block: Exact): string[] {
  if (typeof block === 'string') return [strip(block)]
  if (!isDict(block)) return []
  return [textOf(get(block, 'type') === 'text' ? get(block, 'text') : block)]
}

interface Result {
  content_preview: string
  result: 'success' | 'error' | 'unknown'
}

function resultOf(content: string, isError: Judge): Result {
  const content_preview = firstPoints(content, PREVIEW)
  if (content === '') return { content_preview, result: 'unknown' }
  return { content_preview, result: isError(content) ? 'error' : 'success' }
}

function tagsOf(results: Result[], perResult: boolean): { [name: string]: Exact } {
  const count = (kind: Result['result']) => results.filter(({ result }) => result === kind).length
  const [successes, errors] = [count('success'), count('error')]
  const known = successes + errors
  return {
    tool_success_count: successes,
    tool_fail_count: errors,
    tool_unknown_count: count('unknown'),
    tool_success_ratio: known > 0 ? new Numeral(reprFloat(successes / known)) : null,
    ...(perResult ? { tool_results: results.map(({ content_preview, result }) => ({ content_preview, result })) } : {}),
  }
}
