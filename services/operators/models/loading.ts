import type { OperatorContext } from '../../../topologies/operator.ts'

/** Models that are in use, by their place: operators of one chain share them. */
const inUse = new Map<string, WeakRef<object>>()
const released = new FinalizationRegistry<string>((place) => {
  if (inUse.get(place)?.deref() === undefined) inUse.delete(place)
})

/**
 * A model of the asset store; read once however many operators ask for it, and given up when none holds it any more. Throws
 * Failure `asset_missing`, with the command that fetches it, or `asset_invalid`.
 */
export function modelOf<T extends object>(
  name: string,
  context: OperatorContext,
  read: (name: string, bytes: Uint8Array) => T,
): T {
  const place = `${read.name} ${context.assets}/${name}`
  const known = inUse.get(place)?.deref()
  if (known !== undefined) return known as T // the reader is part of the place
  const model = read(name, context.readAsset(name))
  inUse.set(place, new WeakRef(model))
  released.register(model, place)
  return model
}
