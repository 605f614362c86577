import { parentPort, workerData } from 'node:worker_threads'
import { createCodec, type KnownSchemas } from '../../schemas/codec.ts'
import { Failure } from '../../topologies/failure.ts'
import type { Topology } from '../../topologies/topology.ts'
import { batchProcessor } from '../worker/chain/batch.ts'
import { Mark } from '../worker/thread/mark.ts'
import { serveBatches } from '../worker/thread/serve.ts'
import { catalogWith } from './modules.ts'
import { operatorContext } from './operator-context.ts'

/** What the I/O thread tells the operator thread at its start. */
export interface ThreadData {
  topology: Topology
  stage: string
  assets: string
  schemas: KnownSchemas
  /** The mark's, which the I/O thread looks at. */
  mark: SharedArrayBuffer
}

const { topology, stage: name, assets, schemas, mark }: ThreadData = workerData
const stage = topology.stages.find((candidate) => candidate.name === name)
if (!parentPort || !stage) throw new Failure('unknown', 'The operator thread was started outside of a worker.')
serveBatches(
  parentPort,
  batchProcessor({
    topology,
    stage,
    catalog: await catalogWith(topology.modules),
    context: operatorContext(assets, topology.permissions),
    codec: createCodec(schemas),
    mark: new Mark(mark),
  }),
)
