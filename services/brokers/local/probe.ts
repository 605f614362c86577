import { connect, type Socket } from 'node:net'

/** Ids whose Java hash codes differ by one, so that they fall on as many different coordinators as there are ids. */
const IDS = ['millrace-ready-0', 'millrace-ready-1', 'millrace-ready-2', 'millrace-ready-3', 'millrace-ready-4']

/** Keys of Kafka's protocol: kafka.apache.org/protocol, "Api Keys". */
const OFFSET_FETCH = 9
const FIND_COORDINATOR = 10
const API_VERSIONS = 18
const INIT_PRODUCER_ID = 22

/** Whether what listens there is a Kafka broker. Never rejects. */
export function speaksKafka(port: number): Promise<boolean> {
  return conversation(port, async (ask) => (await ask(API_VERSIONS, 0, [])).readInt16BE(0) === 0)
}

/** Whether the broker there serves: its group and transaction coordinators answer, with all of their logs loaded. Never rejects. */
export function servesKafka(port: number): Promise<boolean> {
  return conversation(port, async (ask) => {
    for (const id of IDS) {
      for (const kind of [0, 1]) {
        const found = await ask(FIND_COORDINATOR, 1, [string(id), Buffer.from([kind])])
        if (found.readInt16BE(4) !== 0) return false
      }
      // A null array asks for all topics; the error of the group stands at the end.
      const offsets = await ask(OFFSET_FETCH, 2, [string(id), int32(-1)])
      const producer = await ask(INIT_PRODUCER_ID, 1, [string(id), int32(10_000)])
      if (offsets.readInt16BE(offsets.length - 2) !== 0 || producer.readInt16BE(4) !== 0) return false
    }
    return true
  })
}

type Ask = (key: number, version: number, body: Buffer[]) => Promise<Buffer>

async function conversation(port: number, talk: (ask: Ask) => Promise<boolean>): Promise<boolean> {
  const socket = connect({ host: '127.0.0.1', port })
  socket.setTimeout(2000, () => socket.destroy(new Error('no answer')))
  try {
    return await talk((key, version, body) => ask(socket, request(key, version, body)))
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

/** Sends one framed request and resolves with the body of its answer. */
function ask(socket: Socket, message: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0)
    const finish = (settle: () => void) => {
      socket.off('data', onData).off('error', onError).off('close', onClose)
      settle()
    }
    const onData = (data: Buffer) => {
      received = Buffer.concat([received, data])
      if (received.length < 4 || received.length < 4 + received.readInt32BE(0)) return
      finish(() => resolve(received.subarray(8)))
    }
    const onError = (error: Error) => finish(() => reject(error))
    const onClose = () => finish(() => reject(new Error('connection closed')))
    socket.on('data', onData).on('error', onError).on('close', onClose)
    socket.write(message)
  })
}

function request(key: number, version: number, body: Buffer[]): Buffer {
  const header = Buffer.alloc(8)
  header.writeInt16BE(key, 0)
  header.writeInt16BE(version, 2)
  const message = Buffer.concat([header, string('millrace'), ...body])
  return Buffer.concat([int32(message.length), message])
}

function string(text: string): Buffer {
  const bytes = Buffer.from(text)
  const length = Buffer.alloc(2)
  length.writeInt16BE(bytes.length)
  return Buffer.concat([length, bytes])
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}
