import type { Exact } from '../../../schemas/json/exact.ts'
import { floatOfText } from '../python/float-text.ts'
import { spelt } from '../python/numbers.ts'
import { strip } from '../text/python-strings.ts'

/** Entities in records of three parts, each once; others are left out. */
export function entitiesIn(records: string[][], delimiter: string): Exact[] {
  const entities = distinct(records, delimiter).filter((parts) => parts.length === 3)
  return entities.map(([name = '', type = '', description = '']) => ({
    entity_name: name,
    entity_type: type,
    entity_entity_description: description,
  }))
}

/** Relations in records of five parts, the last of which is a number. */
export function relationsIn(records: string[][], delimiter: string, keywordsIn: (text: string) => string[]): Exact[] {
  return distinct(records, delimiter).flatMap((parts): Exact[] => {
    const [source = '', target = '', description = '', keywords = '', strength = ''] = parts
    const number = parts.length === 5 ? floatOfText(strength) : null
    if (number === null) return []
    const members: [string, Exact][] = [
      ['relation_source_entity', source],
      ['relation_target_entity', target],
      ['relation_description', description],
      ['relation_keywords', keywordsIn(keywords)],
      ['relation_strength', spelt({ float: number })],
    ]
    return [new Map(members)]
  })
}

/** The parts of records, without quotes around them and without empty ones; of equal records the first. */
function distinct(records: string[][], delimiter: string): string[][] {
  const all = records.map(([record = '']) =>
    record
      .split(delimiter)
      .map((part) => strip(unquoted(strip(part))))
      .filter((part) => part !== ''),
  )
  return [...new Map(all.map((parts) => [JSON.stringify(parts), parts])).values()]
}

function unquoted(text: string): string {
  const isQuoted = text !== '' && (text[0] === '"' || text[0] === "'") && text.at(-1) === text[0]
  return isQuoted ? text.slice(1, -1) : text
}
