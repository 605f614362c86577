import type { Topology } from '../../../topologies/topology.ts'
import { buildWaitingChain } from '../../worker/chain/waiting.ts'
import { catalogWith } from '../modules.ts'
import { operatorContext } from '../operator-context.ts'

/**
 * Builds every operator of a topology once and throws it away: what a machine lacks for them is said before anything is
 * started. Rejects with Failure `asset_missing`, `asset_invalid`,
 * or what else the recipe does not allow or the machine does not have.
 */
export async function requireOperators(topology: Topology, assets: string): Promise<void> {
  const operators = topology.stages.flatMap((stage) => stage.operators)
  const context = operatorContext(assets, topology.permissions)
  const chain = buildWaitingChain(
    { operators, textKey: topology.textKey },
    await catalogWith(topology.modules),
    context,
  )
  try {
    await chain.ready()
  } finally {
    await chain.close()
  }
}
