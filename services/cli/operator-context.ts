import { join } from 'node:path'
import type { Python } from '../../topologies/effects.ts'
import type { OperatorContext } from '../../topologies/operator.ts'
import type { Permissions } from '../../topologies/topology.ts'
import { assetDirectory } from '../assets/directory.ts'
import { downloader } from '../downloads/download.ts'
import { chatModels } from '../endpoints/chat.ts'
import { PythonSidecar } from '../python/sidecar.ts'
import { modelOpener } from '../scoring/model-opener.ts'
import { home } from './settings.ts'
import { openEnvironment } from './terminal/secrets.ts'

/** Longest that a Python function may take for one sample. Seconds. */
const PYTHON_BUDGET = 60

/** What operators are given of the world: the asset store, and what the recipe permits. */
export function operatorContext(assets: string, { files, code, downloads, endpoints }: Permissions): OperatorContext {
  return {
    ...assetDirectory(assets, { files }),
    openModel: modelOpener(assets),
    ...(code ? { python: pythonOfReplica() } : {}),
    chat: chatModels({ allowed: endpoints, home: join(home(), 'endpoints'), env: process.env }),
    ...(downloads ? { download: downloader({ hosts: Array.isArray(downloads) ? downloads : null }) } : {}),
  }
}

/** One process for all the functions, started when the first is loaded. */
function pythonOfReplica(): Python {
  const command = process.env.MILLRACE_PYTHON ?? 'python3'
  const sidecar = new PythonSidecar({ command, budget: PYTHON_BUDGET, env: openEnvironment() })
  return sidecar.python
}
