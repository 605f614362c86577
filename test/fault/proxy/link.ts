import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { answerFields, changed, errorIn, failing, refusal } from './answers.ts'
import type { Fault, Rules } from './faults.ts'
import { FrameCutter, type Seen, seen } from './frames.ts'
import type { Fields } from './values.ts'

export interface Address {
  host: string
  port: number
}

/** What bears on every connection at once. */
export interface Weather {
  /** Every frame waits this long, between the two. Milliseconds. */
  latency: [from: number, to: number] | null
  /** Answers flow no faster than this. */
  bytesPerSecond: number | null
}

export interface LinkParts {
  target: Address
  rules: Rules
  weather: Weather
  next: () => number
  /** Changes an answer that names brokers, so that they are found behind the proxy. */
  redirect: (request: Seen, answer: Fields) => Fields
  onHeld: (held: Held) => void
  /** A frame that nobody here understands: the test is wrong, not the code under test. */
  onStrange: (error: unknown) => void
}

/** A request that the test keeps back. */
export interface Held {
  request: Seen
  /** Sends it to the broker on a connection of its own, and gives the error that the broker answers: 0 for none. */
  release(): Promise<number>
}

/** One connection of a client, and the one to the broker that belongs to it. */
export class Link {
  readonly #client: Socket
  readonly #broker: Socket
  readonly #parts: LinkParts
  readonly #pending = new Map<number, Seen>()
  /** Frames keep their order, each way. */
  #there: Promise<void> = Promise.resolve()
  #back: Promise<void> = Promise.resolve()
  #mute = false

  constructor(client: Socket, parts: LinkParts) {
    this.#client = client
    this.#parts = parts
    this.#broker = connect(parts.target)
    this.#pipe(client, (frame) => {
      this.#there = this.#there.then(() => this.#request(frame)).catch(this.#parts.onStrange)
    })
    this.#pipe(this.#broker, (frame) => {
      this.#back = this.#back.then(() => this.#answer(frame)).catch(this.#parts.onStrange)
    })
  }

  /** From now on nothing passes, in either direction, and the connection stays open. */
  mute(): void {
    this.#mute = true
  }

  /** Frames wait where they are until `flow`. */
  stall(): void {
    this.#client.pause()
    this.#broker.pause()
  }

  flow(): void {
    this.#client.resume()
    this.#broker.resume()
  }

  reset(): void {
    this.#client.resetAndDestroy()
    this.#broker.destroy()
  }

  get closed(): Promise<void> {
    return this.#client.closed ? Promise.resolve() : new Promise((resolve) => this.#client.once('close', resolve))
  }

  #pipe(socket: Socket, onFrame: (frame: Buffer) => void): void {
    const cutter = new FrameCutter()
    const both = [this.#client, this.#broker]
    socket.setNoDelay(true)
    socket.on('data', (chunk: Buffer) => {
      for (const frame of cutter.push(chunk)) onFrame(frame)
    })
    socket.on('error', () => undefined)
    socket.on('end', () => {
      for (const other of both) if (other !== socket && !this.#mute) other.end()
    })
    socket.on('close', () => {
      for (const other of both) if (other !== socket && !this.#mute) other.destroySoon()
    })
  }

  async #request(frame: Buffer): Promise<void> {
    if (this.#mute) return
    const request = seen(frame)
    const fault = this.#parts.rules.pick(request, 'request')
    await this.#delay()
    if (!fault) return this.#forward(request)
    if (fault.kind === 'hold') return this.#parts.onHeld(this.#held(request))
    if (fault.kind === 'code') return this.#tell(refusal(request, fault.code))
    if (fault.kind === 'late') await sleep(fault.milliseconds)
    if (fault.kind === 'cut') this.#broker.end(frame.subarray(0, frame.length >> 1))
    if (fault.kind === 'cut' || fault.kind === 'reset') return this.reset()
    if (fault.kind === 'late') this.#forward(request)
  }

  #forward(request: Seen): void {
    this.#pending.set(request.correlation, request)
    this.#broker.write(request.frame)
  }

  async #answer(frame: Buffer): Promise<void> {
    if (this.#mute) return
    const correlation = frame.readInt32BE(4)
    const request = this.#pending.get(correlation)
    this.#pending.delete(correlation)
    if (!request) return this.#tell(frame)
    const answer = changed(request, frame, (fields) => this.#parts.redirect(request, fields))
    const fault = this.#parts.rules.pick(request, 'answer')
    await this.#delay()
    return fault ? this.#spoil(request, answer, fault) : this.#tell(answer)
  }

  async #spoil(request: Seen, answer: Buffer, fault: Fault): Promise<void> {
    switch (fault.kind) {
      case 'reset':
        return this.reset()
      case 'cut':
        this.#client.end(answer.subarray(0, answer.length >> 1))
        return
      case 'code':
        return this.#tell(changed(request, answer, (fields) => failing(fields, fault.code)))
      case 'throttle':
        return this.#tell(changed(request, answer, (fields) => ({ ...fields, throttle_time_ms: fault.milliseconds })))
      case 'late':
        await sleep(fault.milliseconds)
        return this.#tell(answer)
      case 'silence':
      case 'hold':
        return
    }
  }

  async #tell(frame: Buffer): Promise<void> {
    const { bytesPerSecond } = this.#parts.weather
    if (bytesPerSecond === null) {
      this.#client.write(frame)
      return
    }
    const piece = Math.max(1, Math.floor(bytesPerSecond / 10))
    const seconds = piece / bytesPerSecond
    for (let at = 0; at < frame.length && !this.#client.destroyed; at += piece) {
      // Whatever is left when the weather clears comes at once.
      const end = this.#parts.weather.bytesPerSecond === null ? frame.length : at + piece
      this.#client.write(frame.subarray(at, end))
      if (end >= frame.length) return
      await sleep(seconds * 1000)
    }
  }

  async #delay(): Promise<void> {
    const { latency } = this.#parts.weather
    if (latency) await sleep(latency[0] + this.#parts.next() * (latency[1] - latency[0]))
  }

  #held(request: Seen): Held {
    return { request, release: () => sendLate(request, this.#parts.target) }
  }
}

/** Sends a request on a connection of its own, as a network does that has kept a packet back. */
function sendLate(request: Seen, target: Address): Promise<number> {
  const socket = connect(target)
  const cutter = new FrameCutter()
  socket.write(request.frame)
  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.on('data', (chunk: Buffer) => {
      const [frame] = cutter.push(chunk)
      if (!frame) return
      socket.destroy()
      resolve(errorIn(answerFields(request, frame)))
    })
  })
}
