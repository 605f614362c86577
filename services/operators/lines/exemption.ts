import { characterCount, strip } from '../text/python-strings.ts'

/** Which lines Data-Juicer never takes for boilerplate. */
export interface Exemptions {
  min_line_length: number
  skip_brackets: boolean
  skip_markdown_headers: boolean
  skip_latex_env: boolean
  skip_html_tags: boolean
}

const BRACKETS = /^[{}[\]();]*$/
/** Letters of ASCII, and those that Python's re takes for some of them where case does not count. */
const TAG = /^<\/?[a-zA-Zİıſ\u212a]/

/** Whether a line is exempt. */
export function isExempt(line: string, exemptions: Exemptions): boolean {
  const stripped = strip(line)
  if (isShorter(stripped, exemptions.min_line_length)) return true
  if (exemptions.skip_brackets && BRACKETS.test(stripped)) return true
  if (exemptions.skip_markdown_headers && stripped.startsWith('#')) return true
  if (exemptions.skip_latex_env && (stripped.startsWith('\\begin{') || stripped.startsWith('\\end{'))) return true
  return exemptions.skip_html_tags && TAG.test(stripped) && endsAtFirstBracket(stripped)
}

function isShorter(text: string, length: number): boolean {
  // a code point has at most two units
  if (text.length >= 2 * length) return false
  return characterCount(text, 0, text.length) < length
}

/** A closing bracket ends the tag, and is missing or the last character. */
function endsAtFirstBracket(text: string): boolean {
  const close = text.indexOf('>')
  return close < 0 || close === text.length - 1
}
