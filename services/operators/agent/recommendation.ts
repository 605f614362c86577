import { type Exact, parseExact } from '../../../schemas/json/exact.ts'
import { str } from '../python/spelling.ts'
import { get, isDict } from '../python/values.ts'
import { lower, strip } from '../text/python-strings.ts'

/** What a model's record recommends, in small letters; '' for none. The record may be an object or the JSON of one. */
export function recommendationOf(record: Exact | undefined): string {
  const object = typeof record === 'string' ? parsed(record) : record
  if (!isDict(object)) return ''
  const said = get(object, 'recommendation')
  const list: Exact[] = Array.isArray(said) ? said : []
  const first = list.length > 0 ? list[0] : said
  return first === undefined || first === null ? '' : lower(strip(str(first)).replace(/^"+|"+$/g, ''))
}

function parsed(json: string): Exact {
  try {
    JSON.parse(json)
  } catch {
    return null
  }
  return parseExact(json)
}
