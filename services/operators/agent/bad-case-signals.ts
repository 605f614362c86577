import type { Exact } from '../../../schemas/json/exact.ts'
import { Failure } from '../../../topologies/failure.ts'
import { pointCount } from '../python/code-points.ts'
import { float, int } from '../python/numbers.ts'
import { repr, reprFloat, str } from '../python/spelling.ts'
import { get, isDict, isTruthy } from '../python/values.ts'
import { lower, strip } from '../text/python-strings.ts'
import { recommendationOf } from './recommendation.ts'

/** A sign that a transcript went badly. Of a high weight one is enough, of a medium weight it takes several. */
export interface Signal {
  code: string
  detail: string
  weight: 'high' | 'medium'
}

/** Tags and stats of a transcript, by name; undefined for what is not there. */
export interface Findings {
  tag(name: string): Exact | undefined
  stat(name: string): Exact | undefined
}

export const TOOL_FAILURE = 'tool_message_error_pattern'
export const LOW_ANALYSIS = 'llm_agent_analysis_eval_low'
export const LOW_QUALITY = 'llm_reply_quality_eval_low'

/** Tags of the judges that give a turn or a trace 1 to 5 points. */
const JUDGEMENTS = [
  'dialog_memory_consistency',
  'dialog_coreference',
  'dialog_topic_shift',
  'dialog_error_recovery',
  'dialog_clarification_quality',
  'dialog_proactivity',
  'dialog_non_repetition',
  'agent_trace_coherence',
  'agent_tool_relevance',
]
const MOST_LABELS = 6

const medium = (code: string, detail: string): Signal[] => [{ code, detail, weight: 'medium' }]

/** Whether something stands there that is not null. */
function given(value: Exact | undefined): value is Exact {
  return value !== undefined && value !== null
}

/** `int(value)`, which fails the document where Python would. */
function whole(value: Exact): bigint {
  const number = int(value)
  if (number === null) throw new Failure('operator_failed', `${repr(value)} is no whole number.`)
  return number
}

/** `float(value)`, which fails the document where Python would. */
function real(value: Exact): number {
  const number = float(value)
  if (number === null) throw new Failure('operator_failed', `${repr(value)} is no number.`)
  return number
}

/** How many tool results were errors, and successes. */
export function toolCounts({ tag }: Findings): { failures: bigint; successes: bigint } {
  const count = (name: string) => {
    const value = tag(name)
    return isTruthy(value) ? whole(value) : 0n
  }
  return { failures: count('tool_fail_count'), successes: count('tool_success_count') }
}

export function toolFailures(failures: bigint, least: number): Signal[] {
  if (failures < least) return []
  return [{ code: TOOL_FAILURE, detail: `tool_fail_count=${failures}`, weight: 'high' }]
}

export function lowSuccessRatio(
  findings: Findings,
  { failures, successes }: ReturnType<typeof toolCounts>,
  limits: { rounds: number; ratio: number },
): Signal[] {
  const ratio = findings.tag('tool_success_ratio')
  if (failures + successes < limits.rounds || !given(ratio) || !(real(ratio) <= limits.ratio)) return []
  return medium('low_tool_success_ratio', `ratio=${str(ratio)}, success=${successes}, fail=${failures}`)
}

/** A long query with next to no response. Throws `operator_failed` when one of them is no string. */
export function emptyResponse(
  query: Exact | undefined,
  response: Exact | undefined,
  limits: { query: number; response: number } | null,
): Signal[] {
  const [question, answer] = [stripped(query), stripped(response)]
  // A character takes two units at most, so that most answers need not be counted.
  if (!limits || answer.length > 2 * limits.response) return []
  const [asked, answered] = [pointCount(question), pointCount(answer)]
  if (asked < limits.query || answered > limits.response) return []
  return medium('suspect_empty_or_trivial_final_response', `query_len=${asked}, response_len=${answered}`)
}

function stripped(text: Exact | undefined): string {
  if (!isTruthy(text)) return ''
  if (typeof text !== 'string')
    throw new Failure('operator_failed', 'The query or the response of the sample is no string.')
  return strip(text)
}

/** A count that is above its limit. */
export function above(
  value: Exact | undefined,
  limit: number | bigint | null,
  words: { code: string; name: string },
): Signal[] {
  if (limit === null || !given(value) || whole(value) <= limit) return []
  return medium(words.code, `${words.name}=${str(value)}`)
}

/** What a model said of a transcript: where the score and the recommendation are found, and how low is bad. */
export interface Evaluation {
  code: string
  score: string
  record: string
  most: number
  /** Only a recommendation to discard counts. */
  strict: boolean
  /** A score this low has a high weight when the recommendation is to discard. */
  high: number
}

export function lowEvaluation({ stat }: Findings, evaluation: Evaluation): Signal[] {
  const score = stat(evaluation.score)
  const recommendation = recommendationOf(stat(evaluation.record))
  if (!given(score)) return []
  const value = real(score)
  const discard = recommendation === 'discard'
  if (value > evaluation.most || (evaluation.strict && !discard)) return []
  const detail = `score=${str(score)}, recommendation=${recommendation || 'n/a'}`
  return [{ code: evaluation.code, detail, weight: value <= evaluation.high && discard ? 'high' : 'medium' }]
}

export function negativeSentiment({ tag }: Findings, words: string[]): Signal[] {
  const labels = tag('dialog_sentiment_labels')
  if (!Array.isArray(labels) || labels.length === 0) return []
  const list: Exact[] = labels
  const all = list.map((label) => lower(str(label))).join(' ')
  if (!words.some((word) => all.includes(lower(word)))) return []
  return medium('negative_sentiment_label_hint', `labels=${repr(list.slice(0, MOST_LABELS))}`)
}

export function highPerplexity({ stat }: Findings, limit: number | null): Signal[] {
  if (limit === null) return []
  const perplexity = stat('perplexity')
  if (!given(perplexity) || !(real(perplexity) >= limit)) return []
  return medium('high_perplexity', `perplexity=${str(perplexity)}`)
}

export function hardQuery({ stat }: Findings, limits: { difficulty: number; quality: number }): Signal[] {
  const [difficulty, quality] = [stat('llm_difficulty_score'), stat('llm_quality_score')]
  if (!given(difficulty) || !given(quality)) return []
  if (!(real(difficulty) >= limits.difficulty) || !(real(quality) <= limits.quality)) return []
  const detail = `difficulty=${str(difficulty)}, llm_quality_score=${str(quality)}`
  return medium('hard_query_low_reply_quality_conjunction', detail)
}

export function lowJudgements({ tag }: Findings, threshold: number, least: number): Signal[] {
  const low = JUDGEMENTS.filter((name) => isLow(tag(name), threshold))
  if (low.length < least) return []
  return medium('dialog_turn_quality_meta_low', `axes=${repr(low)}, threshold=${reprFloat(threshold)}`)
}

/** A judgement that was not made, or has no number, is not low. */
function isLow(judgement: Exact | undefined, threshold: number): boolean {
  if (!isDict(judgement) || isTruthy(get(judgement, 'skipped')) || isTruthy(get(judgement, 'error'))) return false
  const score = get(judgement, 'score')
  const value = given(score) ? float(score) : null
  return value !== null && value <= threshold
}
