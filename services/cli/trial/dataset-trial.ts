import type { Document } from '../../../schemas/document.ts'
import { readSample, writeSample } from '../../../schemas/sample.ts'
import { withAssets } from '../../../topologies/assets.ts'
import { findDuplicates } from '../../../topologies/dataset/duplicates.ts'
import { classify, Failure } from '../../../topologies/failure.ts'
import {
  type DatasetOperatorDefinition,
  type DeduplicatorDefinition,
  DUPLICATE,
  GROUPED,
  type GrouperDefinition,
  type LineDeduplicatorDefinition,
  NOT_SELECTED,
  type OperatorContext,
  type SelectorDefinition,
  type Subject,
} from '../../../topologies/operator.ts'
import { Text } from '../../../topologies/text.ts'
import { Passage } from '../../worker/chain/passage.ts'
import { dropLine, failLine, keepLine, type TrialParts } from './operator-trial.ts'

/** An operator of the whole data set, ready to be tried: JSON lines in, or what is wrong with one; the line that tells its fate out for each. */
export type DatasetTrial = (lines: (Uint8Array | Failure)[]) => Buffer[]

/** A line that could be read. */
export interface Row {
  /** Its place among all lines. */
  line: number
  passage: Passage
  subject: Subject
}

/** What became of a row. */
export type RowFate = { kept: Document[] } | { dropped: string; duplicate?: { of: Row; similarity: number } } | Failure

/** The fates of the rows of a data set. */
export type Work = (rows: Row[]) => RowFate[]

/** Builds the operator. Throws Failure for an asset that is missing or wrong. */
export function datasetTrial(
  definition: DatasetOperatorDefinition,
  parameters: Record<string, unknown>,
  { context, maxDepth }: TrialParts,
): DatasetTrial {
  const { text_key: ownKey } = parameters
  const textKey = typeof ownKey === 'string' ? ownKey : 'text'
  const work = datasetWork(definition, withAssets(parameters, context.assets), context)
  const place = { id: '', source: '', partition: 0, offset: 0n, ordinal: 0n, skipped: [] }
  return (lines) => {
    const fates: Buffer[] = []
    const rows: Row[] = []
    for (const [line, bytes] of lines.entries()) {
      try {
        if (bytes instanceof Failure) throw bytes
        const sample = readSample(bytes, { textKey, maxDepth, textOptional: true })
        const passage = new Passage({ ...sample, ...place }, textKey)
        rows.push({ line, passage, subject: passage.subject(textKey) })
      } catch (thrown) {
        fates[line] = failLine(classify(thrown))
      }
    }
    for (const [i, fate] of work(rows).entries()) fates[rows[i]?.line ?? 0] = lineOf(fate)
    return fates
  }
}

/** Builds the operator. What is wrong with a data set as a whole is wrong with each of its rows. */
export function datasetWork(
  definition: DatasetOperatorDefinition,
  parameters: unknown,
  context: OperatorContext,
): Work {
  const work = workOf(definition, parameters, context)
  return (rows) => {
    try {
      return work(rows)
    } catch (thrown) {
      return rows.map(() => classify(thrown))
    }
  }
}

function workOf(definition: DatasetOperatorDefinition, parameters: unknown, context: OperatorContext): Work {
  if (definition.kind === 'selector') return selecting(definition.create(parameters, context))
  if (definition.kind === 'grouper') return grouping(definition.create(parameters, context))
  if (definition.on === 'lines') return withoutLines(definition.create(parameters, context))
  return deduplicating(definition.create(parameters, context))
}

/** What is asked of each row; a row on which it fails takes no part in what comes then. */
function asked<T>(rows: Row[], ask: (subject: Subject) => T): (T | Failure)[] {
  return rows.map(({ subject }) => {
    try {
      return ask(subject)
    } catch (thrown) {
      return classify(thrown)
    }
  })
}

function deduplicating(deduplicator: ReturnType<DeduplicatorDefinition['create']>): Work {
  return (rows) => {
    const answers = asked(rows, (subject) => deduplicator.probe(subject))
    const probes = answers.map((answer) => (answer instanceof Failure ? null : answer))
    return findDuplicates(deduplicator, probes).map((of, i): RowFate => {
      const answer = answers[i]
      const row = rows[i] as Row // one fate for each
      if (!answer || answer instanceof Failure) return answer ?? new Failure('unknown', 'A row has no probe.')
      const original = of === null ? undefined : rows[of]
      const probe = of === null ? undefined : probes[of]
      if (!original || !probe) return { kept: [row.passage.document] }
      const similarity = deduplicator.similarity(answer.signature, probe.signature)
      return { dropped: DUPLICATE, duplicate: { of: original, similarity } }
    })
  }
}

function withoutLines(deduplicator: ReturnType<LineDeduplicatorDefinition['create']>): Work {
  return (rows) => {
    const answers = asked(rows, (subject) => deduplicator.lines(subject))
    const counts = new Map<string, number>()
    for (const answer of answers) {
      if (answer instanceof Failure) continue
      for (const key of answer) counts.set(key, (counts.get(key) ?? 0) + 1)
    }
    const alone = answers.filter((answer) => !(answer instanceof Failure)).length < 2
    const frequent = (key: string) => !alone && (counts.get(key) ?? 0) > deduplicator.threshold
    return rows.map(({ passage, subject }, i): RowFate => {
      const answer = answers[i]
      if (answer instanceof Failure) return answer
      const text = deduplicator.without(subject, frequent)
      if (text !== null) passage.replace(subject.textKey, new Text(text))
      return { kept: [passage.document] }
    })
  }
}

function selecting(selector: ReturnType<SelectorDefinition['create']>): Work {
  return (rows) => {
    const answers = asked(rows, (subject) => selector.view(subject))
    const seen = answers.flatMap((view, i) => (view instanceof Failure ? [] : [{ view, i }]))
    const chosen = new Set(Array.from(selector.select(seen.map(({ view }) => view)), (place) => seen[place]?.i))
    return answers.map((view, i): RowFate => {
      if (view instanceof Failure) return view
      return chosen.has(i) ? { kept: rows[i] ? [rows[i].passage.document] : [] } : { dropped: NOT_SELECTED }
    })
  }
}

/** All groups come out with the last row. */
function grouping(grouper: ReturnType<GrouperDefinition['create']>): Work {
  return (rows) => {
    const answers = asked(rows, (subject) => grouper.key(subject))
    const groups = new Map<string, Row[]>()
    for (const [i, key] of answers.entries()) {
      const row = rows[i]
      if (key instanceof Failure || !row) continue
      const group = groups.get(key)
      if (group) group.push(row)
      else groups.set(key, [row])
    }
    const documents = Array.from(groups.values(), (group) => merged(group, grouper))
    const last = answers.findLastIndex((key) => !(key instanceof Failure))
    return answers.map((key, i): RowFate => {
      if (key instanceof Failure) return key
      return i === last ? { kept: documents } : { dropped: GROUPED }
    })
  }
}

function merged(group: Row[], grouper: ReturnType<GrouperDefinition['create']>): Document {
  const samples = group.map(({ subject }) =>
    Object.fromEntries(keysOf(subject).map((key) => [key, subject.exact(key) ?? null])),
  )
  const [{ passage, subject }] = group as [Row] // no group is empty
  const made = passage.part(1)
  made.change(subject.textKey, { fields: grouper.merge(samples), whole: true })
  return made.document
}

/** Members of this kind stay within a run. */
function keysOf(subject: Subject): string[] {
  return subject.keys().filter((key) => !key.startsWith('__dj__'))
}

function lineOf(fate: RowFate): Buffer {
  if (fate instanceof Failure) return failLine(fate)
  if ('kept' in fate) return keepLine(fate.kept.map((document) => writeSample(document, { dropInternal: true })))
  const { duplicate, dropped } = fate
  if (!duplicate) return dropLine(dropped)
  return dropLine(dropped, { duplicate_of: duplicate.of.line + 1, similarity: duplicate.similarity })
}
