import { legalName, pipelineNameFault } from '../names.ts'
import { nearestHint } from '../nearest.ts'
import { type Catalog, type Resource, traitsOf } from '../operator.ts'
import { TOLERANCE, type Tolerance } from '../tolerance.ts'
import type { OnFailure } from '../topology.ts'
import { type Dataset, readDataset } from './dataset.ts'
import { type RecipeTest, readTests } from './expectations.ts'
import { type ExportSettings, readExport } from './export.ts'
import { type Findings, findingsOn } from './findings.ts'
import { check } from './mistakes.ts'
import { inFile, type Note, type Place, type Problem } from './problem.ts'
import { type Modules, modulesNamed, type ProcessEntry, readProcess, SKIP_OP_ERROR } from './process.ts'
import { type StreamSettings, streamSchema } from './stream.ts'
import { readKeys } from './top-level.ts'
import { readValidators, type Validator } from './validators.ts'
import { keyPlaceOf, type YamlMap, type YamlNode } from './yaml/node.ts'
import { readYaml } from './yaml/reader.ts'

/** An operator of a recipe with all that the recipe says of it. */
export interface RecipeOperator extends ProcessEntry {
  textKey: string
  onFailure: OnFailure
  tolerance: Tolerance
  /** In place of the resource class that the operator declares; null leaves that. */
  resource: Resource | null
  /** The recipe says that a new stage begins here. */
  beginsStage: boolean
  place: Place
}

/** A recipe without mistakes: plain data, complete with defaults. */
export interface Recipe {
  file: string
  /** Name of the pipeline, legal in topic names. */
  pipeline: string
  textKey: string
  /** Sources in order; their paths are relative to the working directory. */
  dataset: Dataset
  /** What the first samples of every source must be like. */
  validators: Validator[]
  /** Suffixes of the files to read in input directories; empty for all. */
  suffixes: string[]
  /** The output file, or null when the recipe names none. */
  exportPath: string | null
  exportSettings: ExportSettings
  operators: RecipeOperator[]
  /** Every operator that the recipe may name, its own modules included. */
  catalog: Catalog
  stream: StreamSettings
  tests: RecipeTest[]
  /** Where the recipe begins ('') and where the values under `stream` stand, by path, for what only a plan can find wrong. */
  places: Record<string, Place>
}

export interface ParseOptions {
  /** The file's name, for messages and for the pipeline's name when the recipe gives none. */
  file: string
  catalog: Catalog
  /** The recipe's own operators, for those that moduleNames found in it. */
  modules?: Modules
}

/** The modules that a recipe names and may run; none where it is no recipe, which parseRecipe tells. */
export function moduleNames(source: string): string[] {
  const read = readYaml(source)
  if ('fault' in read) return []
  const findings = findingsOn(read.root)
  return findings.value(['stream', 'allow_code']) === true ? modulesNamed(findings) : []
}

export type ParseResult = { recipe: Recipe; notes: Note[] } | { problems: Problem[] }

/**
 * Reads a recipe: Data-Juicer's YAML with our keys `stream` and `tests`. Gives the recipe and what is made of each of its
 * keys, or every mistake at once, sorted by place. Never throws.
 */
export function parseRecipe(source: string, options: ParseOptions): ParseResult {
  const read = readYaml(source)
  if ('fault' in read)
    return { problems: [{ file: options.file, ...read.fault.place, path: '', message: read.fault.message }] }
  const { root } = read
  const findings = findingsOn(root)
  if (root.kind !== 'map') {
    findings.fault(
      [],
      root.value === null
        ? 'is empty: a recipe is a mapping with a process list'
        : 'must be a mapping of keys, such as process',
    )
    return { problems: inFile(options.file, findings.faults) }
  }
  for (const { path, place } of read.duplicates) {
    findings.remarks.push({
      path,
      ...place,
      treatment: 'ignored',
      reason: 'the same key comes again below, and the last one counts, as in Data-Juicer',
    })
  }
  const recipe = readRecipe(root, findings, options)
  if (recipe === null || findings.faults.length > 0) return { problems: inFile(options.file, findings.faults) }
  return { recipe, notes: inFile(options.file, findings.remarks) }
}

/** The recipe, or null when its settings cannot be made out; what is wrong is in the findings. */
function readRecipe(root: YamlMap, findings: Findings, { file, ...known }: ParseOptions): Recipe | null {
  const values = readKeys(root, findings)
  const stream = readStream(findings)
  const modules = stream?.allow_code ? (known.modules ?? new Map()) : null
  const { entries, names } = readProcess(findings, { catalog: known.catalog, modules })
  const catalog = withModules(known.catalog, modules)
  const dataset = readDataset(findings)
  const validators = readValidators(findings)
  const output = readExport(findings, values)
  const tests = readTests(findings, { catalog, names })
  checkReferences(names, findings)
  if (!stream) return null
  const textKey = textKeyOf(values.get('text_keys'), findings)
  const defaults: OperatorDefaults = {
    stream,
    textKey,
    skipErrors: values.get('skip_op_error') !== false,
    findings,
    catalog,
  }
  return {
    file,
    pipeline: pipelineName(stream.name, values.get('project_name'), file),
    textKey,
    dataset,
    validators,
    suffixes: wordsOf(values.get('suffixes')),
    exportPath: output.path,
    exportSettings: output.settings,
    catalog,
    operators: entries.map((entry) => completeOperator(entry, defaults)),
    stream,
    tests,
    places: streamPlaces(root),
  }
}

function withModules(catalog: Catalog, modules: Modules | null): Catalog {
  const own = [...(modules?.values() ?? [])].flatMap((module) => ('definition' in module ? [module.definition] : []))
  return new Map([...catalog, ...own.map((definition) => [definition.name, definition] as const)])
}

function readStream(findings: Findings): StreamSettings | null {
  const value = findings.value(['stream'])
  const checked = check(streamSchema, value ?? {})
  if ('value' in checked) {
    if (value) findings.remark(['stream'], 'honoured', 'what streaming adds to the recipe')
    return checked.value
  }
  for (const mistake of checked.mistakes) findings.mistake(['stream'], mistake)
  return null
}

/** Operators that `stream` names must stand in the process list. Looks at the tree, whatever else is wrong with `stream`. */
function checkReferences(names: readonly (string | null)[], findings: Findings): void {
  const cuts = findings.value(['stream', 'cut_before'])
  const settings = findings.value(['stream', 'operators'])
  for (const [at, reference] of Array.isArray(cuts) ? cuts.entries() : []) {
    const path = ['stream', 'cut_before', at]
    checkReference(reference, names, (message, hint) => findings.fault(path, message, hint))
  }
  const named =
    typeof settings === 'object' && settings !== null && !Array.isArray(settings) ? Object.keys(settings) : []
  for (const reference of named) {
    const path = ['stream', 'operators', reference]
    checkReference(reference, names, (message, hint) => findings.mistake([], { path, key: true, message, ...hint }))
  }
}

type Report = (message: string, hint: { hint?: string }) => void

function checkReference(reference: unknown, names: readonly (string | null)[], report: Report): void {
  if (typeof reference !== 'string' && typeof reference !== 'number') return
  const index = indexOf(reference)
  if (index !== null && index >= names.length) {
    const range = names.length === 0 ? 'it is empty' : `its indexes go from 0 to ${names.length - 1}`
    report(`there is no operator ${index} in the process list: ${range}`, {})
  }
  if (index !== null || names.includes(String(reference))) return
  const known = names.filter((name) => name !== null)
  report(`${reference} is not in the process list`, nearestHint(String(reference), known))
}

function indexOf(reference: string | number): number | null {
  return /^\d{1,6}$/.test(String(reference)) ? Number(reference) : null
}

function streamPlaces(root: YamlMap): Record<string, Place> {
  const places = new Map([['', root.place]])
  const collect = (node: YamlNode, path: string) => {
    places.set(path, node.place)
    if (node.kind !== 'map') return
    for (const [key, entry] of node.entries) collect(entry.node, `${path}.${key}`)
  }
  const stream = root.entries.get('stream')?.node
  if (stream) collect(stream, 'stream')
  return Object.fromEntries(places)
}

interface OperatorDefaults {
  stream: StreamSettings
  textKey: string
  skipErrors: boolean
  findings: Findings
  catalog: Catalog
}

function completeOperator(
  entry: ProcessEntry,
  { stream, textKey, skipErrors, findings, catalog }: OperatorDefaults,
): RecipeOperator {
  const own = { ...stream.operators[entry.name], ...stream.operators[String(entry.index)] }
  const ownKey = entry.parameters.text_key
  const ownSkip = entry.parameters[SKIP_OP_ERROR]
  const fallback = (ownSkip ?? skipErrors) === false ? 'stop' : 'dead_letter'
  const onFailure = ownSkip === false ? 'stop' : (stream.on_failure ?? fallback)
  const definition = catalog.get(entry.name)
  const resource = own.resource ?? (definition ? traitsOf(definition).resource : 'cpu')
  return {
    ...entry,
    tolerance: toleranceOf(own, stream, resource),
    textKey: typeof ownKey === 'string' ? ownKey : textKey,
    onFailure: own.on_failure ?? onFailure,
    resource: own.resource ?? null,
    beginsStage: stream.cut_before.some((reference) => reference === entry.name || indexOf(reference) === entry.index),
    place: keyPlaceOf(findings.root, ['process', entry.index, entry.name]),
  }
}

function toleranceOf(own: StreamSettings['operators'][string], stream: StreamSettings, resource: Resource): Tolerance {
  const { retry, breaker } = own
  return {
    onOutage: own.on_outage ?? stream.on_outage ?? (resource === 'cpu' ? TOLERANCE.onOutage : 'pause'),
    retry: retry ?? TOLERANCE.retry,
    breaker: breaker ? { failures: breaker.failures, coolDown: breaker.cool_down } : TOLERANCE.breaker,
    timeBudget: own.time_budget ?? stream.time_budget ?? TOLERANCE.timeBudget,
  }
}

/** The default of Data-Juicer's `project_name`, which says nothing about a recipe. */
const NAMELESS = 'hello_world'

function pipelineName(own: string | undefined, project: unknown, file: string): string {
  if (own !== undefined) return own
  const stem = file.slice(file.lastIndexOf('/') + 1).replace(/\.ya?ml$/i, '')
  const candidates = [project === NAMELESS ? '' : String(project ?? ''), stem].map((text) =>
    legalName(text).slice(0, LONGEST_NAME),
  )
  return candidates.find((name) => pipelineNameFault(name) === null) ?? 'pipeline'
}

/** Leaves room for the names of stages and topics behind it. */
const LONGEST_NAME = 150

function textKeyOf(value: unknown, findings: Findings): string {
  const keys = wordsOf(value)
  const [first = 'text'] = keys
  if (keys.length > 1) findings.remark(['text_keys'], 'ignored', `only the first is used, ${first}, as in Data-Juicer`)
  return first === '' ? 'text' : first
}

function wordsOf(value: unknown): string[] {
  if (typeof value === 'string') return value === '' ? [] : [value]
  return Array.isArray(value) ? value.map(String) : []
}
