import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import { classify, Failure } from '../../topologies/failure.ts'
import type { Catalog, OperatorDefinition } from '../../topologies/operator.ts'
import type { Modules } from '../../topologies/recipe/process.ts'
import type { Module } from '../../topologies/topology.ts'
import { catalog } from '../operators/catalog.ts'

/** Loads the modules that a recipe names, relative to its directory. What is wrong with one stands in its place, for the recipe's mistakes. */
export async function loadModules(paths: string[], directory: string): Promise<{ modules: Modules; found: Module[] }> {
  const modules = new Map<string, { definition: OperatorDefinition } | { fault: string }>()
  const found: Module[] = []
  for (const named of paths) {
    const path = resolve(directory, named)
    try {
      const definition = await operatorIn(path)
      modules.set(named, { definition })
      found.push({ name: definition.name, path, sha256: await hashOf(path) })
    } catch (thrown) {
      modules.set(named, { fault: `${named} cannot be loaded as an operator: ${classify(thrown).message}` })
    }
  }
  return { modules, found }
}

/** The catalog with a topology's own operators: what a worker needs. Rejects with `module_invalid`, or `plan_changed` for a file that is another by now. */
export async function catalogWith(modules: readonly Module[]): Promise<Catalog> {
  const own = await Promise.all(
    modules.map(async ({ name, path, sha256 }) => {
      if ((await hashOf(path)) !== sha256)
        throw new Failure('plan_changed', `${path} has changed since the recipe was planned.`)
      return [name, await operatorIn(path)] as const
    }),
  )
  return new Map([...catalog, ...own])
}

/** The operator that a module has as its default export. */
async function operatorIn(path: string): Promise<OperatorDefinition> {
  if (!existsSync(path)) throw new Failure('module_invalid', 'there is no such file')
  const loaded: { default?: unknown } = await import(pathToFileURL(path).href)
  const checked = operator.safeParse(loaded.default)
  if (checked.success) return checked.data
  const issues = checked.error.issues.map(
    ({ path: at, message }) => `${at.join('.') || 'the default export'} ${message}`,
  )
  throw new Failure('module_invalid', `it must have an operator as its default export, and ${issues.join('; ')}`)
}

async function hashOf(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex')
}

const isFunction = (value: unknown) => typeof value === 'function'

/** The shape of an operator definition, as far as it can be seen from outside. */
const operator = z.custom<OperatorDefinition>().superRefine((value: unknown, context) => {
  const shape = z.object(
    {
      name: z
        .string('must be a text')
        .regex(/^[a-z0-9][a-z0-9_]*_(?:mapper|filter)$/, 'must be in lower case and end in _mapper or _filter'),
      kind: z.enum(['mapper', 'filter'], 'must be mapper or filter'),
      on: z.enum(['text', 'sample', 'batch'], 'must be text, sample or batch'),
      summary: z.string('must be a sentence'),
      parameters: z.custom(
        (schema) => schema instanceof z.ZodObject,
        'must be a zod object: extend commonParameters or filterParameters',
      ),
      examples: z.array(z.unknown(), 'must be a list'),
      create: z.custom(isFunction, 'must be a function'),
      reasons: z.array(z.string(), 'must be a list of reasons').optional(),
    },
    'is none',
  )
  for (const issue of shape.safeParse(value).error?.issues ?? []) {
    context.addIssue({ code: 'custom', path: issue.path, message: issue.message })
  }
})
