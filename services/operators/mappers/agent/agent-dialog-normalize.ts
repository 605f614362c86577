import { z } from 'zod'
import type { Exact } from '../../../../schemas/json/exact.ts'
import { defineSampleMapper, type Subject } from '../../../../topologies/operator.ts'
import { commonParameters } from '../../../../topologies/parameters.ts'
import { type Caps, dialogOf, type Turn } from '../../agent/dialog.ts'
import { answerOf } from '../../agent/message-text.ts'
import { type Message, messagesOf } from '../../agent/messages.ts'
import { skillsOf } from '../../agent/skills.ts'
import { toolsOf } from '../../agent/tool-calls.ts'
import { str } from '../../python/spelling.ts'
import { losesSpelling } from '../../python/values.ts'
import { strip } from '../../text/python-strings.ts'

const cap = (byDefault: number, what: string) =>
  z
    .int()
    .default(byDefault)
    .describe(`characters of ${what} at most; of a longer one head and tail stay; 0 for no limit`)

const parameters = commonParameters.extend({
  messages_key: z.string().default('messages').describe('field that holds the list of messages'),
  choices_key: z.string().default('choices').describe('field that holds the answers of the model to the last message'),
  history_key: z.string().default('dialog_history').describe('field for the pairs of what user and assistant said'),
  query_key: z.string().default('query').describe('field for what the user said last'),
  response_key: z.string().default('response').describe('field for what the assistant said last'),
  extract_tool_skill_tags: z.boolean().default(true).describe('whether the names of tools and skills become tags'),
  include_system_in_first_user: z
    .boolean()
    .default(false)
    .describe('whether system messages are put before what the user says next, or left out'),
  user_label: z.string().default('User').describe('name of the user in the text'),
  assistant_label: z.string().default('Assistant').describe('name of the assistant in the text'),
  copy_lineage_fields: z
    .boolean()
    .default(true)
    .describe('whether request_model, pt and total_cost_time of the sample become tags'),
  copy_request_id: z.boolean().default(true).describe('whether an identifier of the sample becomes a tag'),
  request_id_keys: z
    .array(z.string())
    .default(['request_id', 'trace_id', 'id'])
    .describe('fields that may hold it, the best one first'),
  history_tool_result_max_chars: cap(10_000, 'what a tool gave back'),
  history_max_assistant_trace_chars: cap(0, 'all that the assistant says and does in one turn'),
  history_max_user_chars: cap(0, 'what the user says in one turn'),
  history_compress_head_ratio: z
    .number()
    .default(0.62)
    .describe('part of a shortened text that is its head; between 0.35 and 0.85'),
})

type Parameters = z.infer<typeof parameters>

export default defineSampleMapper({
  name: 'agent_dialog_normalize_mapper',
  summary:
    'Writes an agent transcript as a dialog: text, pairs of turns, last query and last response, and tags of what it uses.',
  parameters,
  tags: true,
  quirks: [
    'What a tool gave back before anyone said anything is lost.',
    'Without tools or skills their tags are a list of one empty name, not an empty list.',
    'Headings that are one English word count as names of skills.',
    'A shortened part ends in, or has in its middle, a note that says so; a second shortening may cut the first note.',
  ],
  examples: [
    {
      title: 'joins what assistant and tools say in one turn',
      text: '',
      fields: {
        id: 7,
        messages: [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: 'Tests?' },
          { role: 'assistant', tool_calls: [{ function: { name: 'bash', arguments: '{}' } }] },
          { role: 'tool', content: '3 passed' },
          { role: 'assistant', content: [{ type: 'text', text: 'All pass.' }] },
        ],
      },
      expect: {
        documents: [
          {
            text: 'User: Tests?\n\nAssistant: [Tool calls: bash]\n[Tool result]\n3 passed\n\nAll pass.',
            dialog_history: [['Tests?', '[Tool calls: bash]\n[Tool result]\n3 passed\n\nAll pass.']],
            query: 'Tests?',
            response: '[Tool calls: bash]\n[Tool result]\n3 passed\n\nAll pass.',
            __dj__meta__: {
              agent_dialog_history_compressed: false,
              agent_turn_count: 1,
              agent_tool_types: ['bash'],
              agent_skill_types: [''],
              agent_last_user_msg_idx: 1,
              agent_last_assistant_msg_idx: 4,
              agent_request_id: '7',
            },
          },
        ],
      },
    },
    {
      title: 'takes the response from the choices where the messages have none',
      parameters: { extract_tool_skill_tags: false, user_label: 'U' },
      text: '',
      fields: {
        messages: [{ role: 'user', content: 'Hello' }],
        choices: [{ message: { content: 'Hi.' } }],
        request_model: 'm1',
      },
      expect: {
        documents: [
          {
            text: 'U: Hello',
            dialog_history: [['Hello', '']],
            query: 'Hello',
            response: 'Hi.',
            __dj__meta__: {
              agent_dialog_history_compressed: false,
              agent_turn_count: 1,
              agent_last_user_msg_idx: 0,
              agent_request_model: 'm1',
            },
          },
        ],
      },
    },
    {
      title: 'cuts a long tool result, and says so',
      parameters: { history_tool_result_max_chars: 50, extract_tool_skill_tags: false },
      text: '',
      fields: {
        messages: [
          { role: 'user', content: 'Look' },
          { role: 'tool', content: 'x'.repeat(60) },
        ],
      },
      expect: {
        documents: [{ response: '[Tool result]\nxx\n…[truncated — agent_dialog_normalize_mapper]…', query: 'Look' }],
      },
    },
    {
      title: 'fails on a role that is no string',
      text: '',
      fields: { messages: [{ role: 1 }] },
      expect: { fail: true },
    },
  ],
  create(given) {
    const caps = capsOf(given)
    return (subject) => {
      const messages = messagesOf(subject, given.messages_key)
      const dialog = dialogOf(messages, caps, given.include_system_in_first_user)
      const { query = '', response = '' } = dialog.turns.at(-1) ?? {}
      const written: { [key: string]: Exact } = {
        [given.history_key]: dialog.turns.map((turn) => [turn.query, turn.response]),
        [given.query_key]: query,
        [given.response_key]: response || answerOf(read(subject, given.choices_key)),
      }
      const tags = {
        agent_dialog_history_compressed: dialog.shortened,
        agent_turn_count: dialog.turns.length,
        ...(given.extract_tool_skill_tags ? usedIn(messages) : {}),
        ...lastOf(messages),
        ...lineageOf(subject, given),
      }
      return [{ text: flat(dialog.turns, given), fields: written, tags }]
    }
  },
})

function capsOf(given: Parameters): Caps {
  return {
    toolResult: given.history_tool_result_max_chars,
    response: given.history_max_assistant_trace_chars,
    query: given.history_max_user_chars,
    headRatio: given.history_compress_head_ratio,
  }
}

/** The value under a key, read without loss only where something could be lost. */
function read(subject: Subject, key: string): Exact | undefined {
  const plain = subject.field(key)
  return losesSpelling(plain) ? subject.exact(key) : plain
}

function flat(turns: Turn[], { user_label, assistant_label }: Parameters): string {
  const lines = turns.flatMap(({ query, response }) => [
    query && `${user_label}: ${query}`,
    response && `${assistant_label}: ${response}`,
  ])
  return lines.filter((line) => line !== '').join('\n\n')
}

function usedIn(messages: Message[]): { [name: string]: string[] } {
  return { agent_tool_types: atLeastOne(toolsOf(messages)), agent_skill_types: atLeastOne(skillsOf(messages)) }
}

function atLeastOne(names: string[]): string[] {
  return names.length > 0 ? names : ['']
}

function lastOf(messages: Message[]): { [name: string]: number } {
  const user = messages.findLastIndex(({ role }) => role === 'user')
  const assistant = messages.findLastIndex(({ role }) => role === 'assistant')
  return {
    ...(user >= 0 ? { agent_last_user_msg_idx: user } : {}),
    ...(assistant >= 0 ? { agent_last_assistant_msg_idx: assistant } : {}),
  }
}

/** Where the transcript comes from, as far as the sample says. */
function lineageOf(subject: Subject, given: Parameters): { [name: string]: Exact } {
  const tags: { [name: string]: Exact } = {}
  const id = given.copy_request_id ? identifierOf(subject, given.request_id_keys) : ''
  if (id !== '') tags.agent_request_id = id
  if (!given.copy_lineage_fields) return tags
  const named = { request_model: 'agent_request_model', pt: 'agent_pt', total_cost_time: 'agent_total_cost_time_ms' }
  for (const [key, name] of Object.entries(named)) {
    const value = read(subject, key)
    if (value !== undefined && value !== null) tags[name] = value
  }
  return tags
}

function identifierOf(subject: Subject, keys: string[]): string {
  for (const key of keys) {
    const value = read(subject, key)
    const text = value === undefined || value === null ? '' : strip(str(value))
    if (text !== '') return text
  }
  return ''
}
