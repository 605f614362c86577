import { CLASSES, IS_ALPHANUMERIC, IS_SPACE } from '../text/character-classes.ts'

const LOW_LINE = 0x5f

/**
 * Words (runs of `\w` of Python's module re) and the characters between them, each a token of its own; blanks are left out.
 */
export function tokensOf(text: string): string[] {
  const tokens: string[] = []
  let word = -1
  for (let i = 0; i < text.length; i++) {
    const point = text.codePointAt(i) as number
    const classes = CLASSES[point] as number
    const width = point > 0xffff ? 2 : 1
    if (classes & IS_ALPHANUMERIC || point === LOW_LINE) {
      if (word < 0) word = i
    } else {
      if (word >= 0) tokens.push(text.slice(word, i))
      word = -1
      if (!(classes & IS_SPACE)) tokens.push(text.slice(i, i + width))
    }
    i += width - 1
  }
  if (word >= 0) tokens.push(text.slice(word))
  return tokens
}

/**
 * Tokens put together again: a blank between two, but none before a mark that ends a part of a sentence, nor inside of
 * brackets. Empty tokens are left out. What blanks there were before is not known any more.
 */
export function joinedTokens(tokens: readonly string[]): string {
  return tokens
    .filter((token) => token !== '')
    .join(' ')
    .replace(/ ([.,:;?!%]+)([ '"`])/g, '$1$2')
    .replace(/ ([.,:;?!%]+)$/, '$1')
    .replace(/ ([[({<]) /g, ' $1')
    .replace(/ ([\])}>]) /g, '$1 ')
    .replace(/^ +| +$/g, '')
}
