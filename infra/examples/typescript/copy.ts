// Writes what it makes of refined documents to a topic of its own, each once: outputs and position are one transaction, so that
// whoever is killed, and however often, the next one goes on exactly behind what is written. As many as there are partitions share the work.
//
//   node copy.ts localhost:9092 corpus 2026-11 lengths
//
// In a project of its own the import is `millrace/attach`.
import { attach } from '../../../services/attach/client.ts'

const [brokers, pipeline, refresh, target] = process.argv.slice(2)
if (!brokers || !pipeline || !refresh || !target) throw new Error('copy.ts BROKERS PIPELINE REFRESH TARGET-TOPIC')

let written = 0
for await (const batch of attach({ brokers, pipeline, refresh, group: `${target}.${refresh}`, transactional: true })) {
  const records = batch.documents.map(({ id, text }) => ({
    key: Buffer.from(id),
    value: Buffer.from(JSON.stringify({ length: text.length })),
  }))
  if (await batch.commit([{ topic: target, partition: 0, records }])) written += records.length
}
console.log(`${written} records written`)
