import type { MessagePort } from 'node:worker_threads'
import { classify, Failure } from '../../../topologies/failure.ts'
import type { BatchProcessor } from '../chain/batch.ts'
import type { Trial } from '../chain/work.ts'
import type { ThreadReply, ThreadRequest, ThreadResult } from './operator-thread.ts'
import { pack, unpack } from './wire.ts'

/**
 * The operator thread's side: answers every request of the I/O thread. Batches of different partitions may wait at the same
 * time, where operators wait.
 */
export function serveBatches(port: MessagePort, processor: BatchProcessor): void {
  const ready = processor.ready()
  const tell = (reply: ThreadReply) => port.postMessage(reply)
  ready.then(
    () => tell({ ready: true }),
    () => undefined,
  )
  port.on('message', async (request: ThreadRequest) => {
    const reply = await answer(request, processor, ready)
    port.postMessage(reply, 'output' in reply ? transferred(reply) : [])
  })
}

async function answer(request: ThreadRequest, processor: BatchProcessor, ready: Promise<void>): Promise<ThreadReply> {
  try {
    await ready
    const result = await processor.process(unpack(request.records), request.partition, trialOf(request))
    return {
      id: request.id,
      output: pack(result.output),
      rejected: pack(result.rejected),
      deadLetters: pack(result.deadLetters),
      elsewhere: result.elsewhere.map(({ records, ...place }) => ({ ...place, records: pack(records) })),
      tally: result.tally,
    }
  } catch (thrown) {
    const { code, message } = classify(thrown)
    return { id: request.id, failure: { code, message } }
  }
}

function transferred({ output, rejected, deadLetters, elsewhere }: ThreadResult): ArrayBuffer[] {
  return [output, rejected, deadLetters, ...elsewhere.map(({ records }) => records)]
}

function trialOf({ id, condemned }: ThreadRequest): Trial {
  if (!condemned) return { batch: id }
  const { place, code, message } = condemned
  return { batch: id, condemned: { place, failure: new Failure(code, message) } }
}
