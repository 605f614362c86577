import { Failure } from '../../../../topologies/failure.ts'
import type { OperatorContext } from '../../../../topologies/operator.ts'

/** An asset store with these files. */
export function storeOf(files: Record<string, string | Uint8Array>): OperatorContext {
  return {
    assets: '',
    readAsset(name) {
      const file = files[name]
      if (file === undefined) throw new Failure('asset_missing', `There is no ${name}.`)
      return typeof file === 'string' ? Buffer.from(file) : file
    },
    listAssets: () => [],
  }
}
