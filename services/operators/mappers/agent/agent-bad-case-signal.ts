import { z } from 'zod'
import { type Exact, Numeral } from '../../../../schemas/json/exact.ts'
import { Failure } from '../../../../topologies/failure.ts'
import { defineSampleMapper, type Subject, TAGS } from '../../../../topologies/operator.ts'
import { commonParameters } from '../../../../topologies/parameters.ts'
import * as signals from '../../agent/bad-case-signals.ts'
import { type Calibration, floatLimit, limitsFor, readCalibration, wholeLimit } from '../../agent/calibration.ts'
import { reprFloat } from '../../python/spelling.ts'
import { get, isDict, isTruthy } from '../../python/values.ts'

const STATS = '__dj__stats__'
const NEGATIVE_WORDS = ['负面', 'negative', 'angry', '沮丧', '不满', 'frustrated', 'disappointed', 'unhappy']

const flag = (byDefault: boolean, what: string) => z.boolean().default(byDefault).describe(what)
const limit = (byDefault: number, what: string) => z.number().default(byDefault).describe(what)

const parameters = commonParameters.extend({
  query_key: z.string().default('query').describe('field for what the user said last'),
  response_key: z.string().default('response').describe('field for what the assistant said last'),
  signal_on_tool_fail: flag(true, 'whether tool results that are errors are a signal'),
  min_tool_fail_count_for_signal: z.int().default(1).describe('errors that it takes; at least 1'),
  signal_on_low_tool_success_ratio: flag(true, 'whether few successes among the tool results are a signal'),
  tool_success_ratio_max_for_signal: limit(0.499, 'largest part of successes that is few'),
  min_tool_rounds_for_ratio_signal: limit(2, 'tool results that it takes'),
  signal_on_suspect_empty_response: flag(true, 'whether next to no response to a long query is a signal'),
  min_query_len_for_empty_check: limit(80, 'characters of a query that is long'),
  max_response_len_for_empty_check: limit(20, 'characters of a response that is next to none'),
  max_total_tokens: z.number().nullish().describe('tokens above which their number is a signal'),
  max_latency_ms: z.number().nullish().describe('milliseconds above which the time that it took is a signal'),
  calibration_json_path: z
    .string()
    .nullish()
    .describe('JSON file with limits for tokens, time and perplexity, by the model that was asked'),
  auto_calibrate_thresholds: flag(false, 'whether that file is used'),
  calibration_manual_overrides_auto: flag(true, 'whether limits given here go before those of the file'),
  auto_enable_perplexity_from_calibration: flag(
    true,
    'whether a limit for perplexity in the file turns that signal on',
  ),
  signal_on_llm_analysis_low: flag(true, 'whether a low llm_analysis_score is a signal'),
  llm_analysis_score_max_for_bad: limit(0.28, 'largest llm_analysis_score that is low'),
  llm_analysis_discard_must_be_strict: flag(true, 'whether the record must recommend to discard'),
  high_precision_llm_analysis_discard_threshold: limit(0.24, 'largest llm_analysis_score of a high weight'),
  signal_on_llm_text_quality_low: flag(true, 'whether a low llm_quality_score is a signal'),
  llm_text_quality_score_max_for_bad: limit(0.28, 'largest llm_quality_score that is low'),
  llm_text_quality_discard_must_be_strict: flag(true, 'whether the record must recommend to discard'),
  high_precision_llm_text_quality_discard_threshold: limit(0.24, 'largest llm_quality_score of a high weight'),
  signal_on_negative_sentiment_hint: flag(false, 'whether a negative word among the sentiment labels is a signal'),
  negative_sentiment_substrings: z
    .array(z.string())
    .nullish()
    .describe('negative words; some English and Chinese ones when not given'),
  signal_on_high_perplexity: flag(false, 'whether a high perplexity is a signal'),
  perplexity_high_threshold: limit(800, 'smallest perplexity that is high'),
  signal_hard_query_poor_reply: flag(false, 'whether a poor reply to a hard query is a signal'),
  hard_query_difficulty_min: limit(0.72, 'smallest llm_difficulty_score of a hard query'),
  poor_reply_quality_max: limit(0.36, 'largest llm_quality_score of a poor reply'),
  high_precision_on_tool_fail_alone: flag(true, 'whether tool errors alone make a transcript a bad case'),
  min_medium_signals_for_watchlist: limit(2, 'signals of medium weight that put a transcript on the watchlist'),
  signal_on_low_dialog_quality_meta: flag(true, 'whether few points from the judges of dialogs are a signal'),
  dialog_quality_low_score_threshold: limit(2, 'most points that are few'),
  min_dialog_quality_low_axes_for_signal: z.int().default(1).describe('judges that it takes; at least 1'),
})

type Parameters = z.infer<typeof parameters>

export default defineSampleMapper({
  name: 'agent_bad_case_signal_mapper',
  summary:
    'Tags an agent transcript with signs that it went badly, and with a tier: none, watchlist or high_precision.',
  parameters,
  tags: true,
  quirks: [
    'One signal of medium weight puts a transcript on the watchlist whatever min_medium_signals_for_watchlist says, when it is the only one.',
    'A file of limits that is missing or broken stops the run here; Data-Juicer goes on without it and logs a line.',
  ],
  examples: [
    {
      title: 'takes a tool error for a bad case',
      text: 'a transcript',
      fields: { __dj__meta__: { tool_fail_count: 2, tool_success_count: 0, tool_success_ratio: 0 } },
      expect: {
        documents: [
          {
            __dj__meta__: {
              agent_bad_case_signals: [
                { code: 'tool_message_error_pattern', detail: 'tool_fail_count=2', weight: 'high' },
                { code: 'low_tool_success_ratio', detail: 'ratio=0, success=0, fail=2', weight: 'medium' },
              ],
              agent_bad_case_tier: 'high_precision',
            },
          },
        ],
      },
    },
    {
      title: 'watches a transcript with next to no response',
      parameters: { max_total_tokens: 1000 },
      text: 'a transcript',
      fields: { query: 'why? '.repeat(20), response: ' ', __dj__meta__: { total_tokens: 1200 } },
      expect: {
        documents: [
          {
            __dj__meta__: {
              agent_bad_case_signals: [
                {
                  code: 'suspect_empty_or_trivial_final_response',
                  detail: 'query_len=99, response_len=0',
                  weight: 'medium',
                },
                { code: 'high_token_usage', detail: 'total_tokens=1200', weight: 'medium' },
              ],
              agent_bad_case_tier: 'watchlist',
            },
          },
        ],
      },
    },
    {
      title: 'finds nothing in a transcript without findings',
      text: 'a transcript',
      expect: {
        documents: [
          { text: 'a transcript', __dj__meta__: { agent_bad_case_signals: [], agent_bad_case_tier: 'none' } },
        ],
      },
    },
    { title: 'fails on a response that is no string', text: '', fields: { response: 5 }, expect: { fail: true } },
  ],
  create(given, context) {
    const path = given.auto_calibrate_thresholds ? given.calibration_json_path?.trim() : ''
    const calibration = path ? readCalibration(path, context) : null
    return (subject) => {
      const found = signalsOf(subject, given, calibration)
      const list = found.map(({ code, detail, weight }) => ({ code, detail, weight }))
      return [{ tags: { agent_bad_case_signals: list, agent_bad_case_tier: tierOf(found, given) } }]
    }
  },
})

function signalsOf(subject: Subject, given: Parameters, calibration: Calibration): signals.Signal[] {
  const findings = findingsOf(subject)
  const counts = signals.toolCounts(findings)
  const limits = limitsFor(calibration, findings.tag('agent_request_model'))
  const ratio = { rounds: given.min_tool_rounds_for_ratio_signal, ratio: given.tool_success_ratio_max_for_signal }
  return [
    ...(given.signal_on_tool_fail
      ? signals.toolFailures(counts.failures, atLeastOne(given.min_tool_fail_count_for_signal))
      : []),
    ...(given.signal_on_low_tool_success_ratio ? signals.lowSuccessRatio(findings, counts, ratio) : []),
    ...signals.emptyResponse(subject.exact(given.query_key), subject.exact(given.response_key), emptyLimits(given)),
    ...usageSignals(findings, given, limits),
    ...evaluationSignals(findings, given),
    ...(given.signal_on_negative_sentiment_hint ? signals.negativeSentiment(findings, wordsOf(given)) : []),
    ...signals.highPerplexity(findings, perplexityLimit(given, floatLimit(limits, 'perplexity_high_threshold'))),
    ...(given.signal_hard_query_poor_reply
      ? signals.hardQuery(findings, {
          difficulty: given.hard_query_difficulty_min,
          quality: given.poor_reply_quality_max,
        })
      : []),
    ...(given.signal_on_low_dialog_quality_meta
      ? signals.lowJudgements(
          findings,
          given.dialog_quality_low_score_threshold,
          atLeastOne(given.min_dialog_quality_low_axes_for_signal),
        )
      : []),
  ]
}

/** Tags and stats by name. What was measured in this run is a float, as all that is looked for here. */
function findingsOf(subject: Subject): signals.Findings {
  const tags = subject.exact(TAGS)
  const brought = subject.exact(STATS)
  const measured = subject.stats()
  return {
    tag: (name) => (isDict(tags) ? get(tags, name) : undefined),
    stat(name) {
      if (isTruthy(brought) && !isDict(brought))
        throw new Failure('operator_failed', `The sample's member ${STATS} is no object.`)
      const own = isDict(brought) ? get(brought, name) : undefined
      const value = measured[name]
      if (own !== undefined || value === undefined) return own
      return typeof value === 'number' ? new Numeral(reprFloat(value)) : value
    },
  }
}

function atLeastOne(count: number): number {
  return Math.max(1, count)
}

function wordsOf({ negative_sentiment_substrings }: Parameters): string[] {
  return negative_sentiment_substrings?.length ? negative_sentiment_substrings : NEGATIVE_WORDS
}

function emptyLimits(given: Parameters): { query: number; response: number } | null {
  if (!given.signal_on_suspect_empty_response) return null
  return { query: given.min_query_len_for_empty_check, response: given.max_response_len_for_empty_check }
}

function usageSignals(findings: signals.Findings, given: Parameters, limits: Map<string, Exact>): signals.Signal[] {
  const manual = given.calibration_manual_overrides_auto
  const effective = (own: number | null | undefined, name: string) => {
    const calibrated = wholeLimit(limits, name)
    return manual ? (own ?? calibrated) : (calibrated ?? own ?? null)
  }
  return [
    ...signals.above(findings.tag('total_tokens'), effective(given.max_total_tokens, 'max_total_tokens'), {
      code: 'high_token_usage',
      name: 'total_tokens',
    }),
    ...signals.above(findings.tag('agent_total_cost_time_ms'), effective(given.max_latency_ms, 'max_latency_ms'), {
      code: 'high_latency_ms',
      name: 'total_cost_time_ms',
    }),
  ]
}

function evaluationSignals(findings: signals.Findings, given: Parameters): signals.Signal[] {
  const analysis = {
    code: signals.LOW_ANALYSIS,
    score: 'llm_analysis_score',
    record: 'llm_analysis_record',
    most: given.llm_analysis_score_max_for_bad,
    strict: given.llm_analysis_discard_must_be_strict,
    high: given.high_precision_llm_analysis_discard_threshold,
  }
  const quality = {
    code: signals.LOW_QUALITY,
    score: 'llm_quality_score',
    record: 'llm_quality_record',
    most: given.llm_text_quality_score_max_for_bad,
    strict: given.llm_text_quality_discard_must_be_strict,
    high: given.high_precision_llm_text_quality_discard_threshold,
  }
  return [
    ...(given.signal_on_llm_analysis_low ? signals.lowEvaluation(findings, analysis) : []),
    ...(given.signal_on_llm_text_quality_low ? signals.lowEvaluation(findings, quality) : []),
  ]
}

/** The perplexity from which on it is a signal, given here or by the file; null for no signal. */
function perplexityLimit(given: Parameters, calibrated: number | null): number | null {
  const wanted = given.signal_on_high_perplexity
  if (!wanted && (calibrated === null || !given.auto_enable_perplexity_from_calibration)) return null
  if (given.calibration_manual_overrides_auto && wanted) return given.perplexity_high_threshold
  return calibrated ?? given.perplexity_high_threshold
}

function tierOf(found: signals.Signal[], given: Parameters): string {
  const high = found.filter(({ weight }) => weight === 'high')
  const medium = found.length - high.length
  if (high.some(({ code }) => code === signals.TOOL_FAILURE))
    return given.high_precision_on_tool_fail_alone ? 'high_precision' : 'watchlist'
  if (high.length > 0) return 'high_precision'
  return medium >= given.min_medium_signals_for_watchlist || (found.length === 1 && medium === 1) ? 'watchlist' : 'none'
}
