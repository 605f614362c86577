import type { Topology } from '../../../topologies/topology.ts'
import { assetDirectory } from '../../assets/directory.ts'
import { catalog } from '../../operators/catalog.ts'
import { buildChain } from '../../worker/chain/chain.ts'

/**
 * Builds every operator of a topology once and throws it away: what a machine lacks for them is said before anything is
 * started. Throws Failure `asset_missing` or `asset_invalid`.
 */
export function requireOperators(topology: Topology, assets: string): void {
  const operators = topology.stages.flatMap((stage) => stage.operators)
  buildChain({ operators, textKey: topology.textKey }, catalog, assetDirectory(assets, { files: topology.allowFiles }))
}
