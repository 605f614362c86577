import { setTimeout as sleep } from 'node:timers/promises'
import { connectKafka } from '../../../services/brokers/kafka/kafka.ts'
import { alive } from '../../../services/brokers/local/lock.ts'
import { quiet } from '../../support/pipelines.ts'
import type { Mill, Replica } from './mill.ts'
import type { OwnKafka } from './own-kafka.ts'

/** What a fault may touch. */
export interface Scene {
  mill: Mill
  /** Null where the broker is shared with others, so that it must be left alone. */
  kafka: OwnKafka | null
  /** Numbers in [0, 1), the same for a seed. */
  dice(): number
}

/** Does its harm, and undoes what does not pass by itself; gives a sentence of what it did. */
export type Fault = (scene: Scene) => Promise<string>

/** Longer than this, and a replica is given up by its group. Milliseconds. */
function beyondSession({ mill }: Scene): number {
  return mill.options.sessionTimeout * 1000 + 1500
}

function victim({ mill, dice }: Scene): Replica | null {
  const replicas = mill.replicas()
  return replicas[Math.floor(dice() * replicas.length)] ?? null
}

function nameOf({ stage, replica, pid }: Replica): string {
  return `${stage}-${replica} (${pid})`
}

function signal(pid: number, name: NodeJS.Signals): void {
  if (alive(pid)) process.kill(pid, name)
}

async function onVictim(scene: Scene, harm: (replica: Replica) => Promise<string>): Promise<string> {
  const replica = victim(scene)
  return replica ? harm(replica) : 'found nobody'
}

/** Everything that a nemesis can do to a line of processes on a broker. */
export const FAULTS = {
  kill: (scene) =>
    onVictim(scene, async (replica) => {
      signal(replica.pid, 'SIGKILL')
      return `killed ${nameOf(replica)}`
    }),

  drain: (scene) =>
    onVictim(scene, async (replica) => {
      signal(replica.pid, 'SIGTERM')
      return `asked ${nameOf(replica)} to drain`
    }),

  drainThenKill: (scene) =>
    onVictim(scene, async (replica) => {
      signal(replica.pid, 'SIGTERM')
      await sleep(scene.dice() * 400)
      signal(replica.pid, 'SIGKILL')
      return `asked ${nameOf(replica)} to drain, and killed it before it had`
    }),

  freeze: (scene) =>
    onVictim(scene, async (replica) => {
      signal(replica.pid, 'SIGSTOP')
      await sleep(beyondSession(scene))
      signal(replica.pid, 'SIGCONT')
      return `stopped ${nameOf(replica)} for longer than its session, and let it go on`
    }),

  stall: (scene) =>
    onVictim(scene, async (replica) => {
      scene.mill.order('stall', replica.pid, { milliseconds: beyondSession(scene) })
      await sleep(beyondSession(scene))
      return `blocked the event loop of ${nameOf(replica)} for longer than its session`
    }),

  clock: (scene) =>
    onVictim(scene, async (replica) => {
      const jump = scene.dice() < 0.5 ? -3_600_000 : 3_600_000
      scene.mill.order('clock', replica.pid, { jump })
      await sleep(2500)
      scene.mill.order('clock', replica.pid, { jump: 0 })
      return `the clock of ${nameOf(replica)} jumped by ${jump / 3_600_000} h, and back`
    }),

  storm: rebalanceStorm,

  feeder: async ({ mill }) => {
    const { pid } = mill.feeding
    if (pid !== undefined) signal(pid, 'SIGKILL')
    return `killed the feeder (${pid})`
  },

  brokerKill: async ({ kafka }) => {
    if (!kafka) return 'left the shared broker alone'
    await kafka.kill()
    await kafka.start()
    return 'killed the broker and started it again'
  },

  brokerRestart: async ({ kafka, dice }) => {
    if (!kafka) return 'left the shared broker alone'
    await kafka.stop()
    await sleep(dice() * 2000)
    await kafka.start()
    return 'stopped the broker in order and started it again'
  },

  brokerFreeze: async ({ kafka, dice }) => {
    if (!kafka) return 'left the shared broker alone'
    kafka.freeze()
    const pause = 1000 + dice() * 6000
    await sleep(pause)
    kafka.wake()
    return `the broker stood still for ${Math.round(pause)} ms`
  },
} satisfies Record<string, Fault>

export type FaultName = keyof typeof FAULTS

/** Members that do no work join a group and leave it, one each second. */
async function rebalanceStorm({ mill, dice }: Scene): Promise<string> {
  const { stages } = mill.topology
  const stage = stages[Math.floor(dice() * stages.length)]
  if (!stage) return 'found no stage'
  const rounds = 3 + Math.floor(dice() * 3)
  const broker = await connectKafka({ brokers: mill.options.brokers.split(','), logger: quiet })
  try {
    for (let round = 0; round < rounds; round++) {
      const joined = broker.consumer({
        group: stage.group,
        topics: [stage.input],
        onAssigned: () => undefined,
        onBatch: () => undefined,
        onLost: () => undefined,
      })
      await sleep(1000)
      await (await joined.catch(() => null))?.close()
    }
  } finally {
    await broker.close()
  }
  return `${rounds} strangers joined the group of ${stage.name} and left it`
}
