import { FOREVER } from './recipe/quantities.ts'
import type { StreamSettings } from './recipe/stream.ts'
import type { Channel, Stage, Topology } from './topology.ts'

/** Every topic of a pipeline takes records up to this size, so that one setting fits all. Bytes. */
const MAX_MESSAGE_BYTES = 64 * 2 ** 20
/** A dead letter is the record as it came, and its story besides. Bytes. */
const MAX_STORY_BYTES = 2 ** 20

/** The topics of a pipeline with what each must be created with: raw, the channels in stage order, and what comes out. */
export function channelsOf(
  topics: Topology['topics'],
  stages: readonly Stage[],
  { partitions, retention }: { partitions: number; retention: StreamSettings['retention'] },
): Channel[] {
  const channel = (topic: string, kind: Channel['kind'], milliseconds: number): Channel => {
    return { topic, kind, partitions, config: configOf(milliseconds, kind) }
  }
  return [
    channel(topics.raw, 'raw', retention.raw),
    ...stages
      .slice(1)
      .flatMap((stage) => [
        inputOf(stage, channel(stage.input, 'channel', retention.channels)),
        ...(stage.gate ? [channel(stage.gate.verdicts, 'channel', retention.channels)] : []),
      ]),
    channel(topics.refined, 'refined', retention.refined),
    channel(topics.rejected, 'rejected', retention.rejected),
    channel(topics.deadLetters, 'dead_letters', retention.dead_letters),
    channel(topics.ledger, 'ledger', retention.ledger),
  ]
}

/** A judge sees all at once, and an index has shards. What they know is made of all that they have read, so it stays. */
function inputOf({ serves }: Stage, channel: Channel): Channel {
  if (!serves) return channel
  const config = configOf(FOREVER, 'channel')
  if (serves.as === 'judge') return { ...channel, config, partitions: 1 }
  return { ...channel, config, partitions: serves.shards, kind: serves.lasting ? 'index' : 'channel' }
}

function configOf(retention: number, kind: Channel['kind']): Record<string, string> {
  const config = {
    'cleanup.policy': 'delete',
    'max.message.bytes': String(MAX_MESSAGE_BYTES + (kind === 'dead_letters' ? MAX_STORY_BYTES : 0)),
    'retention.ms': String(retention),
  }
  if (retention === FOREVER) return config
  // records keep the time of their raw record, which may be years ago: retention must count from when they were written
  return { ...config, 'message.timestamp.type': 'LogAppendTime' }
}
