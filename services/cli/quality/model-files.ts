import { mkdir, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { classify, Failure } from '../../../topologies/failure.ts'
import type { OperatorContext } from '../../../topologies/operator.ts'
import { assetDirectory } from '../../assets/directory.ts'
import { type LinearModel, linearModelFile } from '../../models/quality/classifier.ts'
import { userPath } from '../settings.ts'

/** Puts a model in its place in one step: who reads it has the old one or the new one, and never a part. */
export async function writeModel(path: string, model: LinearModel): Promise<void> {
  const place = userPath(path)
  const partial = `${place}.${process.pid}.partial`
  try {
    await mkdir(dirname(place), { recursive: true })
    const file = await open(partial, 'w')
    try {
      await file.writeFile(linearModelFile(model))
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(partial, place)
  } catch (thrown) {
    await rm(partial, { force: true })
    const { code, message } = classify(thrown)
    throw new Failure(code === 'disk_full' ? code : 'output_unwritable', `${place} could not be written: ${message}`, {
      cause: thrown,
    })
  }
}

/** A model by its path, or by its name among the assets: its name, and the context in which it is one. */
export function placeOf(model: string, assets: string): { name: string; context: OperatorContext } {
  if (!/[/\\]/.test(model)) return { name: model, context: assetDirectory(assets) }
  const path = resolve(userPath(model))
  return { name: basename(path), context: assetDirectory(dirname(path)) }
}
