/** What stands for the assets directory in the strings of a recipe's parameters. */
const ASSETS = '{assets}'

/** A value with the assets directory put in the place of `{assets}` in every string of it, at any depth. */
export function withAssets<T>(value: T, directory: string): T {
  return substituted(value, directory) as T // the same shape: only the letters of strings change
}

function substituted(value: unknown, directory: string): unknown {
  if (typeof value === 'string') return value.replaceAll(ASSETS, () => directory)
  if (Array.isArray(value)) return value.map((item) => substituted(item, directory))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, substituted(member, directory)]))
}
