import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'

const lockShape = z.object({
  packages: z.record(z.string(), z.object({ version: z.string().optional(), dev: z.boolean().optional() })),
})
const billShape = z.looseObject({
  components: z.array(z.looseObject({ 'bom-ref': z.string(), name: z.string(), version: z.string() })),
  dependencies: z.array(z.looseObject({ ref: z.string(), dependsOn: z.array(z.string()) })),
})

export type Bill = z.infer<typeof billShape>

/**
 * The parts of a CycloneDX bill that the lock file does not mark as for development alone. `npm sbom --omit dev` would leave out
 * whatever development needs as well, production's own dependencies among them.
 */
export function productionBill(bill: unknown, lock: unknown): Bill {
  const { packages } = lockShape.parse(lock)
  const wanted = Object.entries(packages).filter(([path, { dev }]) => path !== '' && !dev)
  const names = new Set(wanted.map(([path, { version }]) => `${path.split('node_modules/').at(-1)}@${version}`))
  const { components, dependencies, ...rest } = billShape.parse(bill)
  const left = components.filter(({ name, version }) => !names.has(`${name}@${version}`))
  const gone = new Set(left.map((component) => component['bom-ref']))
  return {
    ...rest,
    components: components.filter((component) => !gone.has(component['bom-ref'])),
    dependencies: dependencies
      .filter(({ ref }) => !gone.has(ref))
      .map((entry) => ({ ...entry, dependsOn: entry.dependsOn.filter((ref) => !gone.has(ref)) })),
  }
}

if (import.meta.main) {
  const root = fileURLToPath(new URL('..', import.meta.url))
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'application', '--package-lock-only']
  const { stdout, stderr, status } = spawnSync('npm', args, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 26 })
  if (status === 0) {
    const lock: unknown = JSON.parse(readFileSync(`${root}/package-lock.json`, 'utf8'))
    process.stdout.write(`${JSON.stringify(productionBill(JSON.parse(stdout), lock), null, 2)}\n`)
  } else {
    process.stderr.write(`npm could not make a bill of materials: ${stderr}\n`)
    process.exitCode = 1
  }
}
