import type { Delivery, OutgoingRecord } from '../broker.ts'
import { BATCH_OVERHEAD, recordBound } from './wire/record-batch.ts'

export interface SliceLimits {
  /** Most bytes of one record batch; a single record that is larger goes alone. */
  batchBytes(topic: string): number
  /** Most bytes of one request. */
  requestBytes: number
}

/**
 * Cuts deliveries into requests. Every request holds at most one record batch per partition, as Kafka wants it; the records of a
 * partition keep their order over the requests; nothing is left out or doubled.
 */
export function sliceRequests(deliveries: Delivery[], limits: SliceLimits): Delivery[][] {
  const requests: { bytes: number; deliveries: Delivery[] }[] = []
  for (const { topic, partition, records } of merged(deliveries)) {
    let earliest = 0
    for (const slice of slices(records, limits.batchBytes(topic))) {
      // Later slices of a partition must not overtake earlier ones, so the search goes on behind the last one's request.
      while ((requests[earliest]?.bytes ?? 0) + slice.bytes > limits.requestBytes && requests[earliest]) earliest++
      const request = requests[earliest] ?? { bytes: 0, deliveries: [] }
      requests[earliest] = request
      request.bytes += slice.bytes
      request.deliveries.push({ topic, partition, records: slice.records })
      earliest++
    }
  }
  return requests.map((request) => request.deliveries)
}

function slices(records: OutgoingRecord[], batchBytes: number): { bytes: number; records: OutgoingRecord[] }[] {
  const cut: { bytes: number; records: OutgoingRecord[] }[] = []
  let start = 0
  let bytes = BATCH_OVERHEAD
  for (const [i, record] of records.entries()) {
    const size = recordBound(record)
    if (i > start && bytes + size > batchBytes) {
      cut.push({ bytes, records: records.slice(start, i) })
      start = i
      bytes = BATCH_OVERHEAD
    }
    bytes += size
  }
  if (start < records.length) cut.push({ bytes, records: start === 0 ? records : records.slice(start) })
  return cut
}

/** One delivery per partition, in the order in which the partitions first appear. */
function merged(deliveries: Delivery[]): Delivery[] {
  const byPartition = new Map<string, Delivery[]>()
  for (const delivery of deliveries) {
    if (delivery.records.length === 0) continue
    const name = `${delivery.partition} ${delivery.topic}`
    const group = byPartition.get(name)
    if (group) group.push(delivery)
    else byPartition.set(name, [delivery])
  }
  return [...byPartition.values()].flatMap(([first, ...rest]) => {
    if (!first) return []
    return rest.length === 0 ? [first] : [{ ...first, records: [first, ...rest].flatMap(({ records }) => records) }]
  })
}
