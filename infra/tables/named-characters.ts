import { text } from 'node:stream/consumers'

/*
 * Writes services/operators/unicode/named-characters.ts from the HTML standard's list of named character references:
 *   curl -s https://html.spec.whatwg.org/entities.json | node infra/tables/named-characters.ts > FILE
 */
const LONGEST_NAME = 24
const LINE = 116

const escaped = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
const literal = (characters: string): string =>
  characters.replace(/['\\]/g, '\\$&').replace(/[^\x21-\x7e\xa1-\xac\xae-\u02ff\u0370-\u1fff\u2100-\u27ff]/g, escaped)

function lines(entries: string[]): string[] {
  const filled: string[] = []
  let line = ''
  for (const entry of entries) {
    if (line.length + entry.length + 1 > LINE - 5) {
      filled.push(line)
      line = ''
    }
    line += line === '' ? entry : ` ${entry}`
  }
  return [...filled, line]
}

const list: Record<string, { characters: string }> = JSON.parse(await text(process.stdin))
const entries = Object.entries(list)
  .map(([reference, { characters }]) => ({ name: reference.slice(1, -1), reference, characters }))
  .filter(({ name, reference }) => reference.endsWith(';') && name.length <= LONGEST_NAME)
  .map(({ name, characters }) => `${name}=${literal(characters)}`)

process.stdout.write(`/**
 * HTML's named character references as \`name=characters\` (https://html.spec.whatwg.org/entities.json): those that end in a
 * semicolon and have at most ${LONGEST_NAME} letters.
 */
export const NAMED_CHARACTERS = [
${lines(entries)
  .map((line) => `  '${line}',`)
  .join('\n')}
]
  .join(' ')
  .split(' ')
`)
