/** Which lines of a text are no part of what it says. */
export interface LineRules {
  navigation: boolean
  author: boolean
  source: boolean
  /** Longer lines stay whatever they hold, in UTF-16 units. */
  longest: number
}

/** Words for where a page is in its site, with the sign that leads on from them. */
const TRAIL = /(?<![\p{L}\p{N}/._-])(?:Home|Homepage|Home page|Main page|首页|主页) ?[>»›/|]/u
/** Words before a path through a site. */
const LOCATION =
  /(?<!\p{L})(?:Current location|Your location|You are here|Location)\s*[:：]|(?:当前|您的|你的|所在)?位置\s*[:：]|您现在的位置/u
const PATH_SIGN = /[>＞»›]/

/** Words of the lines about author, source and date, and of the offers around an article. */
const CREDITS =
  /(?<!\p{L})(?:Newspaper reporter|Reporter|Source|Editor|Edited by|Login ?[|/] ?Register|(?:Address of this topic|This article URL|Article URL)|(?:Publish date|Date of publication|Published)|Time added|Share to|Related links|Site navigation|Website navigation|Published at|Current location|Location)\s*[:：]|\| ?Contact us|Published at |(?:报|社|网)记者|(?:来源|编辑|责编|责任编辑|作者|本文网址|本文地址|发布日期|发布时间|发表日期|添加时间|更新时间|分享到|相关链接|相关阅读|当前位置|位置)\s*[:：]|登[录陆] ?[|/] ?注册|[“"]扫一扫[”"]|网站导航|[|｜] ?联系我们|发表于/u
const SENTENCE_MARK = /[.?!;:,。？！；：，、]/

/** A date with a time, or with a word for the source or the editor behind it. */
const DATE_TIME = /\d{4}[-/年]\d{1,2}[-/月]\d{1,2}日?\s*\d{1,2}:\d{1,2}(?::\d{1,2})?/
const DATE = /\d{4}[-/年]\d{1,2}[-/月]\d{1,2}/
const ORIGIN = /(?:Source|Edit(?:or|ed by)?|来源|编辑)\s*[:：]/
/** How many lines from the start may name the source. */
const FIRST_LINES = 5

/** Takes out the lines that the rules name, each with its line feed. The same string when there is none. */
export function removeLines(text: string, rules: LineRules): string {
  if (!mayHold(text, rules)) return text
  const lines = text.split('\n')
  const told = lines.filter((line) => line.length > rules.longest || !isNavigationOrAuthor(line, rules))
  const kept = rules.source
    ? told.filter((line, i) => i >= FIRST_LINES || line.length > rules.longest || !isSource(line))
    : told
  return kept.length === lines.length ? text : kept.join('\n')
}

/** One look over the whole text, which most texts end with. */
function mayHold(text: string, { navigation, author, source }: LineRules): boolean {
  return (
    (navigation && (TRAIL.test(text) || LOCATION.test(text))) ||
    (author && CREDITS.test(text)) ||
    (source && DATE.test(text))
  )
}

function isNavigationOrAuthor(line: string, { navigation, author }: LineRules): boolean {
  return (navigation && isNavigation(line)) || (author && isAuthor(line))
}

function isNavigation(line: string): boolean {
  if (TRAIL.test(line)) return true
  const place = LOCATION.exec(line)
  return place !== null && PATH_SIGN.test(line.slice(place.index))
}

function isAuthor(line: string): boolean {
  return CREDITS.test(line) && SENTENCE_MARK.test(line)
}

function isSource(line: string): boolean {
  if (DATE_TIME.test(line)) return true
  const date = DATE.exec(line)
  return date !== null && ORIGIN.test(line.slice(date.index))
}
