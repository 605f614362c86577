import { resolve } from 'node:path'
import { withAssets } from '../../../topologies/assets.ts'
import { classify } from '../../../topologies/failure.ts'
import { isOfDataset, type OperatorContext, type OperatorDefinition } from '../../../topologies/operator.ts'
import type { Topology } from '../../../topologies/topology.ts'

/** The assets that each operator of a topology reads, by making them with a context that takes notes. */
export function assetsOf(
  topology: Topology,
  catalog: ReadonlyMap<string, OperatorDefinition>,
  context: OperatorContext,
): Map<string, Set<string>> {
  const users = new Map<string, Set<string>>()
  for (const { name, parameters } of topology.stages.flatMap((stage) => stage.operators)) {
    const definition = catalog.get(name)
    if (!definition || isOfDataset(definition)) continue
    for (const asset of readBy(definition, parameters, context))
      users.set(asset, (users.get(asset) ?? new Set()).add(name))
  }
  return users
}

/** What an operator reads. Where something is missing it stops, so that it may read more when that is there. */
function readBy(definition: OperatorDefinition, parameters: unknown, context: OperatorContext): Set<string> {
  const read = new Set((definition.assets?.(parameters) ?? []).flatMap((name) => [name, ...companionsOf(name)]))
  const noting: OperatorContext = {
    ...context,
    readAsset(name) {
      read.add(name)
      for (const other of companionsOf(name)) read.add(other)
      return context.readAsset(name)
    },
    listAssets(directory) {
      const listed = context.listAssets(directory)
      const inStore = directory === undefined || resolve(directory) === resolve(context.assets)
      return listed.map((file) => ({
        name: file.name,
        read: () => {
          if (inStore) read.add(file.name)
          return file.read()
        },
      }))
    },
  }
  try {
    definition.create(withAssets(parameters, context.assets), noting)
  } catch (thrown) {
    if (!['asset_missing', 'asset_invalid'].includes(classify(thrown).code)) throw thrown
    const list = /(flagged_words|stopwords)\.json/.exec(classify(thrown).message)
    if (list?.[0]) read.add(list[0])
  }
  return read
}

function companionsOf(name: string): string[] {
  return name.endsWith('/tokenizer.json') ? [name.replace(/tokenizer\.json$/, 'tokenizer_config.json')] : []
}
