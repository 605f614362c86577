import { join } from 'node:path'
import { createCodec } from '../../../schemas/codec.ts'
import { withAssets } from '../../../topologies/assets.ts'
import { Failure } from '../../../topologies/failure.ts'
import { isOfDataset, type OperatorContext } from '../../../topologies/operator.ts'
import type { DatasetLink, Stage, Topology } from '../../../topologies/topology.ts'
import { bucketFold } from '../../dataset/folds/bucket-fold.ts'
import type { Fold } from '../../dataset/folds/fold.ts'
import { groupFold } from '../../dataset/folds/group-fold.ts'
import { lineFold } from '../../dataset/folds/line-fold.ts'
import { viewFold } from '../../dataset/folds/view-fold.ts'
import { GateProcessor } from '../../dataset/gate-processor.ts'
import { IndexProcessor } from '../../dataset/index-processor.ts'
import { JudgeProcessor } from '../../dataset/judge-processor.ts'
import { levelStores } from '../../dataset/store/level-store.ts'
import { catalog } from '../../operators/catalog.ts'
import type { Processor } from '../../worker/processor.ts'
import { operatorContext } from '../operator-context.ts'
import type { WorkerOptions } from './stage-thread.ts'

export type ProcessorOptions = Pick<WorkerOptions, 'broker' | 'topology' | 'schemas' | 'stores' | 'assets'>

/**
 * What does the work of a stage: its operators, or what finds out about a whole data set.
 * @param operators makes what runs the operators, where the stage has documents
 */
export function processorOf(stage: Stage, options: ProcessorOptions, operators: () => Processor): Processor {
  const { broker, topology, schemas, stores } = options
  const codec = createCodec(schemas)
  if (stage.gate) return new GateProcessor({ broker, link: stage.gate, codec, inner: operators() })
  if (!stage.serves) return operators()
  const link = stage.serves
  if (link.as === 'judge') return new JudgeProcessor({ broker, link, codec })
  const openStore = levelStores(join(stores, stage.group))
  const context = operatorContext(options.assets, topology.permissions)
  return new IndexProcessor({
    broker,
    topology,
    link,
    codec,
    openStore,
    foldOf: (shard) => foldOf(link, shard, { topology, codec, context }),
  })
}

interface FoldParts {
  topology: Topology
  codec: ReturnType<typeof createCodec>
  context: OperatorContext
}

function foldOf(link: DatasetLink, shard: number, { codec, context }: FoldParts): Fold {
  const { name, parameters } = link.operator
  const definition = catalog.get(name)
  if (!definition || !isOfDataset(definition)) {
    throw new Failure('operator_unknown', `There is no index for ${name}.`)
  }
  const complete = withAssets(parameters, context.assets)
  if (definition.kind === 'grouper') return groupFold({ grouper: definition.create(complete, context), shard, codec })
  if (definition.kind === 'selector') return viewFold({ selector: definition.create(complete, context), codec })
  if (definition.on === 'lines') {
    const { threshold } = definition.create(complete, context)
    return lineFold({ threshold, link, shard, codec })
  }
  return bucketFold({ deduplicator: definition.create(complete, context), link, shard, codec })
}
