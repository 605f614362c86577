/** One change of a store. */
export type Change = { type: 'put'; key: Buffer; value: Buffer } | { type: 'del'; key: Buffer }

/** A sorted map of bytes on disk. What is in it can always be made anew from a log, so it need not survive a crash of the machine. */
export interface Store {
  getMany(keys: Buffer[]): Promise<(Buffer | undefined)[]>
  /** All of the changes or none. */
  write(changes: Change[]): Promise<void>
  /** In the order of the keys, from inclusive to exclusive. */
  range(from: Buffer, to: Buffer): AsyncIterable<[Buffer, Buffer]>
  /** Removes everything. */
  clear(): Promise<void>
  close(): Promise<void>
}

/** Opens the store of a name, of which one process has one at a time. */
export type OpenStore = (name: string) => Promise<Store>
