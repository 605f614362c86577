import type { MessagePort } from 'node:worker_threads'
import { classify } from '../../topologies/failure.ts'
import type { BatchProcessor } from './chain/batch.ts'
import type { ThreadReply, ThreadRequest } from './processor.ts'
import { pack, unpack } from './wire.ts'

/** The operator thread's side: answers every request of the I/O thread, in order. */
export function serveBatches(port: MessagePort, process: BatchProcessor): void {
  port.on('message', (request: ThreadRequest) => {
    const reply = answer(request, process)
    port.postMessage(reply, 'output' in reply ? [reply.output, reply.rejected, reply.deadLetters] : [])
  })
}

function answer(request: ThreadRequest, process: BatchProcessor): ThreadReply {
  try {
    const result = process(unpack(request.records), request.partition)
    return {
      id: request.id,
      output: pack(result.output),
      rejected: pack(result.rejected),
      deadLetters: pack(result.deadLetters),
      tally: result.tally,
    }
  } catch (thrown) {
    const { code, message } = classify(thrown)
    return { id: request.id, failure: { code, message } }
  }
}
