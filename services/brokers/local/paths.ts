import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The project's own local state, when MILLRACE_HOME says nothing else. */
const PROJECT_HOME = fileURLToPath(new URL('../../../.millrace', import.meta.url))

export const POM = fileURLToPath(new URL('../../../infra/kafka/pom.xml', import.meta.url))
export const PROPERTIES = fileURLToPath(new URL('../../../infra/kafka/server.properties', import.meta.url))

/** Where the local broker keeps what it has on disk. */
export interface LocalPaths {
  root: string
  data: string
  log: string
  properties: string
  /** Who runs where, as JSON. */
  state: string
  lock: string
}

/** All paths of the local broker under a home directory; MILLRACE_HOME, then the project's, when not given. */
export function localPaths(home = process.env.MILLRACE_HOME ?? PROJECT_HOME): LocalPaths {
  const root = join(home, 'kafka')
  return {
    root,
    data: join(root, 'data'),
    log: join(root, 'kafka.log'),
    properties: join(root, 'server.properties'),
    state: join(root, 'broker.json'),
    lock: join(root, 'start.lock'),
  }
}
