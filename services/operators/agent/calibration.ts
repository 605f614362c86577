import { type Exact, parseExact } from '../../../schemas/json/exact.ts'
import { classify, Failure } from '../../../topologies/failure.ts'
import type { OperatorContext } from '../../../topologies/operator.ts'
import { float, int } from '../python/numbers.ts'
import { str } from '../python/spelling.ts'
import { type Dict, entries, get, isDict, isTruthy } from '../python/values.ts'
import { strip } from '../text/python-strings.ts'

/** Limits that were measured on a whole corpus, for all models and for some of their own. */
export type Calibration = Dict | null

/**
 * Reads a file of limits, as Data-Juicer's script for percentiles writes it: `default`, and `by_request_model` with a name for
 * each. Throws Failure `asset_missing` or `asset_invalid`; the file's name must end in `.json`.
 */
export function readCalibration(path: string, context: OperatorContext): Dict {
  const slash = path.lastIndexOf('/')
  const name = path.slice(slash + 1)
  const file = context.listAssets(slash < 0 ? '.' : path.slice(0, slash + 1)).find((asset) => asset.name === name)
  if (!file) throw new Failure('asset_missing', `There is no file ${path} (calibration_json_path).`)
  const calibration = parseFile(new TextDecoder().decode(file.read()), path)
  if (isDict(calibration)) return calibration
  throw new Failure('asset_invalid', `The file ${path} (calibration_json_path) holds no JSON object.`)
}

function parseFile(json: string, path: string): Exact {
  try {
    JSON.parse(json)
  } catch (cause) {
    throw new Failure(
      'asset_invalid',
      `The file ${path} (calibration_json_path) is not JSON: ${classify(cause).message}`,
      { cause },
    )
  }
  return parseExact(json)
}

/** The limits for a model: those of all, with its own in their place. */
export function limitsFor(calibration: Calibration, model: Exact | undefined): Map<string, Exact> {
  if (!calibration) return new Map()
  const limits = new Map(membersOf(get(calibration, 'default')))
  const name = isTruthy(model) ? strip(str(model)) : ''
  const models = get(calibration, 'by_request_model')
  const own = name !== '' && isDict(models) ? get(models, name) : undefined
  for (const [key, value] of membersOf(own)) limits.set(key, value)
  return limits
}

function membersOf(value: Exact | undefined): Iterable<[string, Exact]> {
  return isDict(value) ? entries(value) : []
}

/** A limit as a whole number; null when it is none. */
export function wholeLimit(limits: Map<string, Exact>, name: string): bigint | null {
  const value = limits.get(name) ?? null
  return value === null ? null : int(value)
}

/** A limit as a float; null when it is none. */
export function floatLimit(limits: Map<string, Exact>, name: string): number | null {
  const value = limits.get(name) ?? null
  return value === null ? null : float(value)
}
