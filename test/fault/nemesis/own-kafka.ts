import { mkdirSync, mkdtempSync, symlinkSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { javaAvailable, kafkaJars } from '../../../services/brokers/local/java.ts'
import { type LocalBroker, startLocalBroker, stopLocalBroker } from '../../../services/brokers/local/local.ts'
import { alive } from '../../../services/brokers/local/lock.ts'
import { localPaths } from '../../../services/brokers/local/paths.ts'

/** A real Kafka that belongs to one test alone, so that it may be killed, stopped and looked into. */
export interface OwnKafka {
  address: string
  /** Where its log files are. */
  data: string
  /** Its process is gone at once. */
  kill(): Promise<void>
  /** It stops in order. */
  stop(): Promise<void>
  /** It runs again at the same address, and serves. */
  start(): Promise<void>
  /** It stands still, connections and all, until it is woken. */
  freeze(): void
  wake(): void
  /** Ends it, and all that it kept. */
  close(): Promise<void>
}

/** Starts one; null where there is no Java 17 with Maven. */
export async function ownKafka(): Promise<OwnKafka | null> {
  if (!(await javaAvailable())) return null
  const home = mkdtempSync(join(tmpdir(), 'millrace-own-kafka-'))
  const jars = await kafkaJars(localPaths().root, () => undefined)
  const { root, data } = localPaths(home)
  mkdirSync(root, { recursive: true })
  symlinkSync(jars, join(root, basename(jars)))
  let running: LocalBroker = await startLocalBroker({ home, port: 0 })
  const port = Number(running.address.split(':')[1])
  const gone = async () => {
    while (alive(running.pid)) await sleep(20)
  }
  return {
    address: running.address,
    data,
    async kill() {
      process.kill(running.pid, 'SIGKILL')
      await gone()
    },
    async stop() {
      await stopLocalBroker({ home })
    },
    async start() {
      running = await startLocalBroker({ home, port })
    },
    freeze: () => process.kill(running.pid, 'SIGSTOP'),
    wake: () => process.kill(running.pid, 'SIGCONT'),
    async close() {
      if (alive(running.pid)) process.kill(running.pid, 'SIGKILL')
      await gone()
      await rm(home, { recursive: true, force: true })
    },
  }
}
