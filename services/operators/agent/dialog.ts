import { firstPoints, lastPoints, pointCount } from '../python/code-points.ts'
import { strip } from '../text/python-strings.ts'
import { textOf } from './message-text.ts'
import type { Message } from './messages.ts'
import { callsOf, summaryOf } from './tool-calls.ts'

/** What the user said and what the assistant said and did about it; either may be empty. */
export interface Turn {
  query: string
  response: string
}

/** Characters that a part of the dialog may have; 0 and below for any number. */
export interface Caps {
  toolResult: number
  response: number
  query: number
  /** Part of what stays of a longer one that is its head. */
  headRatio: number
}

export interface Dialog {
  turns: Turn[]
  /** Something was too long and lost its middle. */
  shortened: boolean
}

/** Room for the words that stand in the place of what is left out. */
const MARKER_ROOM = 128
const LEAST_BUDGET = 400
const LEAST_PART = 200
const LEAST_HEAD = 120
const CUT = '\n…[truncated — agent_dialog_normalize_mapper]…'
const CUT_ROOM = 48

/** What walks along the messages. */
interface Walk extends Dialog {
  caps: Caps
  /** System messages that wait for the user's next words; null where they are left out. */
  system: string[] | null
}

/** The turns of a transcript: each begins with words of the user and holds all that assistant and tools say until the next. */
export function dialogOf(messages: Message[], caps: Caps, withSystem: boolean): Dialog {
  const walk: Walk = { turns: [], shortened: false, caps, system: withSystem ? [] : null }
  for (const message of messages) addMessage(walk, message)
  return { turns: walk.turns, shortened: walk.shortened }
}

function addMessage(walk: Walk, message: Message): void {
  const content = textOf(message.content)
  if (message.role === 'system') {
    if (content) walk.system?.push(content)
  } else if (message.role === 'user') addQuery(walk, content)
  else if (message.role === 'assistant') addResponse(walk, content || summary(message))
  else if (message.role === 'tool') addToolResult(walk, content)
}

function summary(message: Message): string {
  const calls = callsOf(message)
  return calls === undefined ? '' : summaryOf(calls)
}

function addQuery(walk: Walk, content: string): void {
  const query = walk.system?.length ? strip([...walk.system.splice(0), content].join('\n\n')) : content
  walk.turns.push({ query: capped(walk, query, walk.caps.query), response: '' })
}

function addResponse(walk: Walk, piece: string): void {
  const turn = walk.turns.at(-1)
  if (!turn) {
    walk.turns.push({ query: '', response: capped(walk, piece, walk.caps.response) })
    return
  }
  const between = turn.response && piece ? '\n\n' : ''
  turn.response = capped(walk, turn.response + between + piece, walk.caps.response)
}

/** A result before all turns is lost. */
function addToolResult(walk: Walk, content: string): void {
  const body = capped(walk, content, walk.caps.toolResult)
  const turn = walk.turns.at(-1)
  if (!turn) return
  const between = turn.response ? '\n' : ''
  turn.response = capped(walk, `${turn.response}${between}[Tool result]\n${body}`, walk.caps.response)
}

/** A text, or head and tail of one that is too long. */
function capped(walk: Walk, text: string, most: number): string {
  if (most <= 0 || text.length <= most) return text
  const count = pointCount(text)
  if (count <= most) return text
  walk.shortened = true
  const budget = most - MARKER_ROOM
  if (budget < LEAST_BUDGET) return firstPoints(text, Math.max(0, most - CUT_ROOM)) + CUT
  return withoutMiddle(text, { count, most, ...partsOf(budget, walk.caps.headRatio) })
}

function partsOf(budget: number, headRatio: number): { head: number; tail: number } {
  const head = Math.max(LEAST_PART, Math.trunc(budget * Math.min(0.85, Math.max(0.35, headRatio))))
  if (budget - head >= LEAST_PART) return { head, tail: budget - head }
  return { head: Math.max(LEAST_PART, budget - LEAST_PART), tail: LEAST_PART }
}

function withoutMiddle(text: string, lengths: { count: number; most: number; head: number; tail: number }): string {
  const { count, most, head, tail } = lengths
  const omitted = count - head - tail
  if (omitted <= 0) return text
  const marker = `\n\n[··· ${omitted} chars omitted from middle; head+tail preserved — agent_dialog_normalize_mapper]\n\n`
  const over = head + marker.length + tail - most
  const left = over > 0 ? Math.max(LEAST_HEAD, head - over) : head
  return firstPoints(text, left) + marker + lastPoints(text, tail)
}
