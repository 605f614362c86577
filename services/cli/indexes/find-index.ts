import { classify, Failure } from '../../../topologies/failure.ts'
import { nearestHint } from '../../../topologies/nearest.ts'
import type { Broker } from '../../brokers/broker.ts'

const SUFFIX = '.index'

/** The names of all indexes of a broker: what their topics are named, less `.index`. */
export async function indexNames(broker: Broker): Promise<string[]> {
  const topics = await broker.topics()
  return topics.flatMap((topic) => (topic.endsWith(SUFFIX) ? [topic.slice(0, -SUFFIX.length)] : [])).sort()
}

/** The topic of the index of this name; of a name that several operators have indexes under, the operator must be said. */
export async function findIndex(broker: Broker, name: string): Promise<string> {
  const all = await indexNames(broker)
  if (all.includes(name)) return name + SUFFIX
  const [one, ...others] = all.filter((known) => known.slice(0, known.lastIndexOf('.')) === name)
  if (one !== undefined && others.length === 0) return one + SUFFIX
  if (one !== undefined) {
    throw new Failure(
      'usage',
      `There are ${others.length + 1} indexes under ${name}: say ${[one, ...others].join(' or ')}.`,
    )
  }
  const { hint } = nearestHint(name, all)
  const known = all.length > 0 ? `The broker has ${all.join(', ')}.` : 'The broker has none.'
  throw new Failure('topic_missing', `There is no index ${name}. ${hint ?? known}`)
}

/** How many records lie in a topic. */
export async function recordsIn(broker: Broker, topic: string): Promise<number> {
  try {
    const bounds = await broker.bounds(topic)
    return bounds.reduce((sum, { earliest, latest }) => sum + Number(latest - earliest), 0)
  } catch (thrown) {
    if (classify(thrown).code === 'topic_missing') return 0
    throw thrown
  }
}
