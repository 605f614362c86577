/** A piece of a page that is markup already. */
export interface Markup {
  readonly markup: string
}

/** What may stand in a page: texts are escaped, markup is not, nothing at all for null. */
export type Insert = string | number | null | Markup | readonly Markup[]

/** Markup of HTML or SVG with inserts, every one escaped that is no markup itself. */
export function markup(parts: TemplateStringsArray, ...inserts: Insert[]): Markup {
  const written = parts.map((part, i) => part + (i < inserts.length ? insertText(inserts[i] ?? null) : ''))
  return { markup: written.join('') }
}

function insertText(insert: Insert): string {
  if (insert === null) return ''
  if (typeof insert === 'number') return String(insert)
  if (typeof insert === 'string') return escaped(insert)
  return 'markup' in insert ? insert.markup : insert.map((one) => one.markup).join('')
}

/** What a browser would obey or swallow: controls, lone surrogates, and the marks that turn the direction of writing. */
const HIDDEN =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\p{Surrogate}/gu
const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

function escaped(text: string): string {
  return text
    .replace(HIDDEN, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
}
