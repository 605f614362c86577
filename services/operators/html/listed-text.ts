import { textOf } from './text-of.ts'

const ANY_LIST_TAG = /<\/?(?:li|ol)>/
const ITEM_TAGS = /<\/?li>/g
const LIST_TAGS = /<\/?ol>/g
const LONE_SURROGATES = /\p{Surrogate}/gu

/** The text of an HTML document, in which each `<li>` and `<ol>` has become a line end and a star. Halves of surrogate pairs go. */
export function listedTextOf(html: string): string {
  const marked = ANY_LIST_TAG.test(html) ? html.replace(ITEM_TAGS, bullet).replace(LIST_TAGS, bullet) : html
  return textOf(marked.isWellFormed() ? marked : marked.replace(LONE_SURROGATES, ''))
}

/** A line end and a star for an opening tag, nothing for a closing one. */
function bullet(tag: string): string {
  return tag[1] === '/' ? '' : '\n*'
}
