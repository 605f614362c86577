import {
  type DuckDBArrayType,
  type DuckDBListType,
  type DuckDBMapType,
  type DuckDBStructType,
  type DuckDBType,
  DuckDBTypeId as Id,
} from '@duckdb/node-api'
import { named, quoted } from './engine.ts'

/** Types whose values are JSON as they are. Decimals come out as numbers with all their digits. */
const PLAIN: ReadonlySet<Id> = new Set([
  Id.BOOLEAN,
  Id.TINYINT,
  Id.SMALLINT,
  Id.INTEGER,
  Id.BIGINT,
  Id.UTINYINT,
  Id.USMALLINT,
  Id.UINTEGER,
  Id.UBIGINT,
  Id.HUGEINT,
  Id.UHUGEINT,
  Id.DECIMAL,
])

/** Columns of a table as one JSON object a row, in SQL. */
export function jsonObject(names: readonly string[], types: readonly DuckDBType[]): string {
  const members = names.map((name, at) => {
    const type = types[at]
    return `${quoted(name)}, ${type ? asJson(named(name), type, 0) : 'NULL'}`
  })
  return `json_object(${members.join(', ')})`
}

/**
 * A value in SQL such that its JSON is what Data-Juicer prints: times as Python's `isoformat`, in UTC where they have a zone; what
 * no JSON can hold (NaN, infinities) as null. Of what Data-Juicer cannot print, bytes become base64, times of day and others text.
 */
export function asJson(value: string, type: DuckDBType, depth: number): string {
  const { typeId } = type
  if (PLAIN.has(typeId)) return value
  if (typeId === Id.FLOAT || typeId === Id.DOUBLE) return `CASE WHEN isfinite(${value}) THEN ${value} END`
  if (typeId === Id.DATE) return `strftime(${value}, '%Y-%m-%d')`
  if (typeId === Id.TIMESTAMP_TZ) return `${isoTime(`timezone('UTC', ${value})`)} || '+00:00'`
  if (typeId === Id.TIMESTAMP_NS) return isoNanoseconds(value)
  if (typeId === Id.TIMESTAMP || typeId === Id.TIMESTAMP_S || typeId === Id.TIMESTAMP_MS) {
    return isoTime(`${value}::TIMESTAMP`)
  }
  if (typeId === Id.BLOB) return `base64(${value})`
  if (isNested(type)) return nested(value, type, depth)
  return `${value}::VARCHAR`
}

function isoTime(value: string): string {
  const fraction = `CASE WHEN epoch_us(${value}) % 1000000 = 0 THEN '' ELSE strftime(${value}, '.%f') END`
  return `strftime(${value}, '%Y-%m-%dT%H:%M:%S') || ${fraction}`
}

function isoNanoseconds(value: string): string {
  const digits = `CASE WHEN epoch_ns(${value}) % 1000 = 0 THEN strftime(${value}, '.%f') ELSE strftime(${value}, '.%n') END`
  const fraction = `CASE WHEN epoch_ns(${value}) % 1000000000 = 0 THEN '' ELSE ${digits} END`
  return `strftime(${value}, '%Y-%m-%dT%H:%M:%S') || ${fraction}`
}

type Nested = DuckDBListType | DuckDBArrayType | DuckDBStructType | DuckDBMapType

function isNested(type: DuckDBType): type is Nested {
  return [Id.LIST, Id.ARRAY, Id.STRUCT, Id.MAP].some((id) => id === type.typeId)
}

function nested(value: string, type: Nested, depth: number): string {
  const item = `x${depth}`
  const each = (list: string, of: DuckDBType) => {
    const inner = asJson(item, of, depth + 1)
    return inner === item ? list : `list_transform(${list}, lambda ${item}: ${inner})`
  }
  if (type.typeId === Id.LIST || type.typeId === Id.ARRAY) return each(`${value}::${type.valueType}[]`, type.valueType)
  if (type.typeId === Id.MAP) {
    const keys = `map_keys(${value})::VARCHAR[]`
    return `map(${keys}, ${each(`map_values(${value})`, type.valueType)})`
  }
  const members = type.entryNames.map((name, at) => {
    const entry = type.entryTypes[at]
    const member = `struct_extract(${value}, ${quoted(name)})`
    return `${quoted(name)}, ${entry ? asJson(member, entry, depth + 1) : 'NULL'}`
  })
  return `CASE WHEN ${value} IS NOT NULL THEN json_object(${members.join(', ')}) END`
}
