import { list, type Members, members, type Value } from './json-members.ts'

/** A token that is looked for in a text before all else. */
export interface AddedToken {
  id: number
  content: string
  isSingleWord: boolean
  takesBlanksBefore: boolean
  takesBlanksBehind: boolean
  /** Whether it is looked for in the normalised text. */
  isNormalized: boolean
  isSpecial: boolean
}

/** The tokens that a file adds to its model. */
export function addedTokens(file: Members): AddedToken[] {
  return list(file.added_tokens).map(members).map(addedToken)
}

function addedToken(token: Members): AddedToken {
  return {
    id: Number(token.id),
    content: String(token.content),
    isSingleWord: token.single_word === true,
    takesBlanksBefore: token.lstrip === true,
    takesBlanksBehind: token.rstrip === true,
    isNormalized: token.normalized === true,
    isSpecial: token.special === true,
  }
}

/** Tokens that stand before and behind every text, where these are asked for. */
export interface Surroundings {
  before: number[]
  behind: number[]
}

/** What a file's processor puts around a text. */
export function surroundings(processor: Members): Surroundings {
  const processors = processor.type === 'Sequence' ? list(processor.processors).map(members) : [processor]
  const pair = processors.find(({ type }) => type === 'BertProcessing' || type === 'RobertaProcessing')
  if (pair) return { before: [idOf(pair.cls)], behind: [idOf(pair.sep)] }
  const template = processors.find(({ type }) => type === 'TemplateProcessing')
  const before: number[] = []
  const behind: number[] = []
  let isBehind = false
  for (const part of list(template?.single).map(members)) {
    if (part.Sequence) isBehind = true
    const id = String(members(part.SpecialToken).id ?? '')
    for (const token of list(members(members(template?.special_tokens)[id]).ids))
      (isBehind ? behind : before).push(Number(token))
  }
  return { before, behind }
}

/** Of a token as `["[CLS]", 101]`. */
function idOf(token: Value | undefined): number {
  return Number(list(token)[1])
}

/** Where added tokens are in texts. */
export interface Finder {
  pattern: RegExp
  tokens: Map<string, AddedToken>
}

/** Finds added tokens, of several at one place the longest. */
export function finderOf(added: AddedToken[]): Finder | null {
  const filled = added.filter(({ content }) => content !== '')
  if (filled.length === 0) return null
  const alternatives = filled.map(({ content }) => content.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'))
  return { pattern: new RegExp(alternatives.join('|'), 'gu'), tokens: new Map(filled.map((one) => [one.content, one])) }
}

/** Takes the parts of a text between added tokens, which are written down themselves. */
export function eachPart(text: string, finder: Finder | null, tokens: number[], take: (part: string) => void): void {
  let from = 0
  for (const { 0: content, index } of finder ? text.matchAll(finder.pattern) : []) {
    const token = finder?.tokens.get(content)
    if (!token || (token.isSingleWord && !standsAlone(text, index, content))) continue
    const before = text.slice(from, index)
    const part = token.takesBlanksBefore ? before.trimEnd() : before
    if (part !== '') take(part)
    tokens.push(token.id)
    from = index + content.length
    if (token.takesBlanksBehind) from = text.length - text.slice(from).trimStart().length
  }
  if (from < text.length) take(from === 0 ? text : text.slice(from))
}

const WORD = /[\p{L}\p{N}_]/u

function standsAlone(text: string, index: number, content: string): boolean {
  const before = text.slice(0, index).at(-1) ?? ' '
  const behind = text[index + content.length] ?? ' '
  return !WORD.test(before) && !WORD.test(behind)
}
