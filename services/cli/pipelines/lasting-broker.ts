import { classify, Failure } from '../../../topologies/failure.ts'
import type { Broker } from '../../brokers/broker.ts'
import { stderrLog } from '../log.ts'
import { openBroker } from '../open-broker.ts'
import { tell } from '../terminal/standard-output.ts'
import type { NamedPipeline } from './find-pipeline.ts'

/** Opens a broker that outlives this command: what one command wrote, another one reads. The embedded broker is refused. */
export async function lastingBroker(choice: string | undefined): Promise<Broker> {
  if (choice === 'memory') {
    throw new Failure(
      'usage',
      '--broker memory ends with the command, so nothing could be written for another command, or read from one. Use local or HOST:PORT.',
    )
  }
  const broker = await openBroker({ choice, tell, log: stderrLog('warn', 'millrace') })
  if (broker.kind !== 'memory') return broker
  await broker.close()
  throw new Failure(
    'environment_missing',
    'This command needs Kafka: install Java 17 and Maven for a local one, or name a running one by --broker or MILLRACE_BROKERS.',
  )
}

/** Rejects with `topic_missing` and a sentence that helps when the broker does not have a topic of the pipeline. */
export async function requireTopic(broker: Broker, { pipeline }: NamedPipeline, topic: string): Promise<void> {
  try {
    await broker.partitions(topic)
  } catch (thrown) {
    const failure = classify(thrown)
    if (failure.code !== 'topic_missing') throw failure
    const known = (await broker.topics())
      .filter((name) => name.endsWith(LEDGER))
      .map((name) => name.slice(0, -LEDGER.length))
    const others =
      known.length > 0 ? ` The broker knows the pipelines ${known.sort().join(', ')}.` : ' It knows no pipeline at all.'
    throw new Failure(
      'topic_missing',
      `The pipeline ${pipeline} has not run on ${broker.address}: there is no topic ${topic}.${others}`,
    )
  }
}

const LEDGER = '.ledger'
