import type { KnownSchemas } from '../../schemas/codec.ts'
import { BUNDLED_IDS } from '../../schemas/ids.ts'

/** The schema ids to write with: those of the registry that MILLRACE_REGISTRY names, else the bundled ones. */
export async function schemasInUse(): Promise<KnownSchemas> {
  const url = process.env.MILLRACE_REGISTRY
  if (!url) return { ids: BUNDLED_IDS, older: [] }
  const { registerSchemas } = await import('../registry/registry.ts')
  return registerSchemas(url)
}
