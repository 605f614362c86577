// Installs the dependencies when they are missing or older than the lock file. Plain JavaScript, because it runs on the
// machine's own Node (20 or later), before Node 24 has come with the dependencies.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const lock = createHash('sha256')
  .update(readFileSync(`${root}/package-lock.json`))
  .digest('hex')
const stamp = `${root}/node_modules/.installed-lock`

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lock) {
  process.stderr.write('Installing the dependencies, Node 24 among them (npm ci, once, about 20 s) …\n')
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  })
  if (npm.status !== 0) {
    process.stderr.write('The installation failed; npm says why above. Mend that and run the same command again.\n')
    process.exit(1)
  }
  writeFileSync(stamp, lock)
}
