import { join } from 'node:path'
import type { ModelOpener, RunnableModel } from '../../topologies/effects.ts'
import { providersOf } from './execution-providers.ts'
import { OnnxModel } from './onnx-model.ts'

/**
 * Opens the models of an asset directory. Each is in memory once in a process, however many operators ask for it, and is given
 * up when the last of them is closed.
 */
export function modelOpener(assets: string): ModelOpener {
  return ({ name, accelerator }) => {
    const providers = providersOf(accelerator)
    const place = `${providers.order} ${assets}/${name}`
    const known = inUse.get(place)
    const entry = known ?? { model: new OnnxModel(join(assets, name), { name, assets, providers }), users: 0 }
    inUse.set(place, entry)
    return usedBy(entry, place)
  }
}

interface Entry {
  model: OnnxModel
  users: number
}

const inUse = new Map<string, Entry>()

function usedBy(entry: Entry, place: string): RunnableModel {
  entry.users++
  let isOpen = true
  return {
    ready: () => entry.model.ready(),
    run: (inputs, outputs) => entry.model.run(inputs, outputs),
    async close() {
      if (!isOpen) return
      isOpen = false
      entry.users--
      if (entry.users > 0) return
      if (inUse.get(place) === entry) inUse.delete(place)
      await entry.model.close()
    },
  }
}
