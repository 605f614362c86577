import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { referencePage } from '../../services/cli/trial/reference-page.ts'
import { catalog } from '../../services/operators/catalog.ts'

/** A file that is made from the code, and must be as fresh as it. */
function fresh(name: string, content: string): void {
  const file = new URL(`../../recipes/${name}`, import.meta.url)
  if (process.env.UPDATE_GOLDEN) writeFileSync(file, content)
  expect(readFileSync(file, 'utf8')).toBe(content)
}

test('the reference of operators says what their files say', () => {
  fresh('OPERATORS.md', referencePage(catalog))
})
