import type { Stage, Topology } from '../topology.ts'

/** Operators that a box names before it only counts them. */
const NAMED = 20

/** A topology as a Mermaid flow chart: topics are cylinders, stages boxes; what is set aside leaves on dotted lines. */
export function describeMermaid(topology: Topology): string {
  const { topics, stages } = topology
  const ids = new Map<string, string>()
  const idOf = (topic: string) => {
    const id = ids.get(topic) ?? `t${ids.size}`
    ids.set(topic, id)
    return id
  }
  const path = stages.flatMap((stage, index) => [
    `  ${idOf(stage.input)} --> s${index}`,
    `  s${index}[${quoted(boxText(stage))}] --> ${idOf(stage.output)}`,
    ...(stage.serves ? [] : [`  s${index} -.-> ${idOf(topics.rejected)} & ${idOf(topics.deadLetters)}`]),
    ...(stage.probes ? [`  s${index} --> ${idOf(stage.probes.probes)}`] : []),
    ...(stage.gate ? [`  ${idOf(stage.gate.verdicts)} --> s${index}`] : []),
  ])
  const cylinders = [...ids].map(([topic, id]) => `  ${id}[(${quoted(topic)})]`)
  return `${['flowchart TD', ...cylinders, ...path].join('\n')}\n`
}

function boxText(stage: Stage): string {
  const names = stage.operators.slice(0, NAMED).map(({ name }) => name)
  if (stage.serves) names.push(`${stage.serves.as} of ${stage.serves.operator.name}`)
  const rest = stage.operators.length - names.length
  if (rest > 0) names.push(`and ${rest} more`)
  return [`${stage.name} (${stage.resource} x ${stage.replicas})`, ...names].join('<br/>')
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '#quot;')}"`
}
