import { filterParameters } from '../parameters.ts'
import { sizeText } from '../recipe/quantities.ts'
import { TOLERANCE } from '../tolerance.ts'
import type { Channel, DatasetLink, PlannedOperator, Stage, Topology } from '../topology.ts'

/** A topology for people: the path of a document from top to bottom, topics at the margin, stages indented. */
export function describeText(topology: Topology): string {
  const { topics, channels, stages } = topology
  const beside = [topics.rejected, topics.deadLetters, topics.ledger]
  const lines = [
    ...headOf(topology),
    '',
    topicLine(topics.raw, channels),
    ...stages.flatMap((stage) => [...stageLines(stage), topicLine(stage.output, channels)]),
    '',
    'beside the path',
    ...beside.map((topic) => `  ${topicLine(topic, channels)}`),
  ]
  return `${lines.join('\n')}\n`
}

function headOf(topology: Topology): string[] {
  const { pipeline, recipe, delivery, compression, textKey, maxDocumentBytes, maxDepth, rejected } = topology
  const limits = `documents up to ${sizeText(maxDocumentBytes)}, ${maxDepth} levels deep`
  return [
    `pipeline ${pipeline}, recipe ${recipe}`,
    `${delivery.replaceAll('_', ' ')}, compression ${compression}, text under "${textKey}", ${limits}, rejected: ${rejected}`,
  ]
}

function topicLine(topic: string, channels: readonly Channel[]): string {
  const channel = channels.find((candidate) => candidate.topic === topic)
  if (!channel) return topic
  return `${topic}  ${plural(channel.partitions, 'partition')}, kept ${retentionText(channel)}`
}

const DAY = 86_400_000
const HOUR = 3_600_000

function retentionText(channel: Channel): string {
  const milliseconds = Number(channel.config['retention.ms'])
  if (milliseconds < 0) return 'for ever'
  if (milliseconds % DAY === 0) return plural(milliseconds / DAY, 'day')
  return milliseconds % HOUR === 0 ? plural(milliseconds / HOUR, 'hour') : `${milliseconds} ms`
}

function stageLines(stage: Stage): string[] {
  const { name, group, resource, replicas, operators, serves, probes } = stage
  const head = `  ${name}  ${resource}, ${plural(replicas, 'replica')}, group ${group}`
  if (serves) return [head, `       (${SERVICES[serves.as]} ${serves.operator.name}, ${whenJudged(serves)})`]
  const width = Math.max(...operators.map((operator) => operator.name.length))
  const lines = [head, ...operators.map((operator) => operatorLine(operator, width))]
  if (operators.length === 0) lines.push('       (passes documents through)')
  if (probes) lines.push(`       (leaves probes of them on ${probes.probes})`)
  return lines
}

const SERVICES = { index: 'keeps the index of', judge: 'judges for' }

function whenJudged({ judged }: DatasetLink): string {
  return judged === 'end' ? 'at the end of the data set' : 'as documents arrive'
}

function operatorLine(operator: PlannedOperator, width: number): string {
  const { index, name, parameters, onFailure, tolerance = TOLERANCE } = operator
  const stated = Object.entries(parameters).filter(([key, value]) => isTelling(key, value))
  const settings = stated.map(([key, value]) => `${key}: ${shown(value)}`)
  if (onFailure !== 'dead_letter') settings.push(`on failure ${onFailure.replaceAll('_', ' ')}`)
  if (tolerance.onOutage) settings.push(`on outage ${tolerance.onOutage.replaceAll('_', ' ')}`)
  return `    ${String(index).padStart(3)}  ${name.padEnd(width)}  ${settings.join(', ')}`.trimEnd()
}

/** What every filter has by default tells nothing. */
const COMMON: Record<string, unknown> = filterParameters.parse({})

function isTelling(key: string, value: unknown): boolean {
  return value !== null && value !== undefined && !(key in COMMON && COMMON[key] === value)
}

/** Longest text of a parameter that is shown whole. */
const SHOWN = 60

function shown(value: unknown): string {
  if (typeof value === 'number') return String(value)
  const text = JSON.stringify(value) ?? 'null'
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
