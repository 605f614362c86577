import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { verdictOf } from '../../../infra/audit.ts'

interface Lock {
  packages: Record<string, { version?: string; dev?: boolean }>
}

test('the bill of materials names every production dependency with its version and hash', () => {
  const bill: { bomFormat: string; components: { purl: string; hashes?: unknown[] }[] } = JSON.parse(
    execFileSync('npm', ['run', '-s', 'sbom'], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }),
  )
  const lock: Lock = JSON.parse(readFileSync('package-lock.json', 'utf8'))
  const wanted = Object.entries(lock.packages).flatMap(([path, { version, dev }]) =>
    path === '' || dev ? [] : [`${path.split('node_modules/').at(-1)}@${version}`],
  )
  const named = bill.components.map(({ purl }) => decodeURIComponent(purl.replace('pkg:npm/', '')))
  expect(bill.bomFormat).toBe('CycloneDX')
  expect(wanted.filter((dependency) => !named.includes(dependency))).toEqual([])
  const { dependencies }: { dependencies: object } = JSON.parse(readFileSync('package.json', 'utf8'))
  for (const name of Object.keys(dependencies))
    expect(named.some((dependency) => dependency.startsWith(`${name}@`))).toBe(true)
  expect(named.filter((dependency) => /^(vitest|typescript|@biomejs\/biome)@/.test(dependency))).toEqual([])
  expect(bill.components.filter(({ hashes }) => !hashes?.length)).toEqual([])
})

test.each([
  ['{"vulnerabilities": {}}', 0, 'No production dependency'],
  ['{"vulnerabilities": {"a": {"severity": "low", "range": "<2"}}}', 0, 'low: a <2'],
  ['{"vulnerabilities": {"a": {"severity": "low"}, "b": {"severity": "critical", "range": "*"}}}', 1, 'critical: b *'],
  ['{"statusCode": 405, "message": "Method Not Allowed"}', 2, 'has no audit endpoint (it answers 405)'],
  ['{"error": {"code": "ENOTFOUND", "summary": "no network"}}', 2, 'Nothing was audited: no network'],
  ['', 2, 'Nothing was audited'],
])('an audit that answers %s ends with exit code %i', (answer, exitCode, said) => {
  expect(verdictOf(answer).exitCode).toBe(exitCode)
  expect(verdictOf(answer).lines.join('\n')).toContain(said)
})
