/** Beginnings of public identifiers that mean quirks mode (https://html.spec.whatwg.org/#the-initial-insertion-mode), by owner. */
const QUIRKY: [start: string, rests: string][] = [
  ['+//silmaril//dtd html pro ', 'v0r11 19970101//'],
  ['-//as//dtd html 3.0 ', 'aswedit + extensions//'],
  ['-//advasoft ltd//dtd html 3.0 ', 'aswedit + extensions//'],
  [
    '-//ietf//dtd html',
    ' 2.0 level 1//| 2.0 level 2//| 2.0 strict level 1//| 2.0 strict level 2//| 2.0 strict//| 2.0//| 2.1e//| 3.0//| 3.2 final//' +
      '| 3.2//| 3//| level 0//| level 1//| level 2//| level 3//| strict level 0//| strict level 1//| strict level 2//' +
      '| strict level 3//| strict//|//',
  ],
  ['-//metrius//dtd metrius ', 'presentational//'],
  [
    '-//microsoft//dtd internet explorer ',
    '2.0 html strict//|2.0 html//|2.0 tables//|3.0 html strict//|3.0 html//|3.0 tables//',
  ],
  ['-//netscape comm. corp.//dtd ', 'html//|strict html//'],
  ["-//o'reilly and associates//dtd html ", '2.0//|extended 1.0//|extended relaxed 1.0//'],
  ['-//sq//dtd html 2.0 ', 'hotmetal + extensions//'],
  ['-//softquad software//dtd hotmetal pro ', '6.0::19990601::extensions to html 4.0//'],
  ['-//softquad//dtd hotmetal pro ', '4.0::19971010::extensions to html 4.0//'],
  ['-//spyglass//dtd html ', '2.0 extended//'],
  ['-//sun microsystems corp.//dtd hotjava ', 'html//|strict html//'],
  [
    '-//w3c//dtd ',
    'html 3 1995-03-24//|html 3.2 draft//|html 3.2 final//|html 3.2//|html 3.2s draft//|html 4.0 frameset//' +
      '|html 4.0 transitional//|html experimental 19960712//|html experimental 970421//|w3 html//',
  ],
  ['-//w3o//dtd w3 html ', '3.0//'],
  ['-//webtechs//dtd mozilla html', ' 2.0//|//'],
]
const PREFIXES = QUIRKY.flatMap(([start, rests]) => rests.split('|').map((rest) => start + rest))
/** These only without a system identifier. */
const PREFIXES_ALONE = ['-//w3c//dtd html 4.01 frameset//', '-//w3c//dtd html 4.01 transitional//']
const WHOLE = ['-//w3o//dtd w3 html strict 3.0//en//', '-/w3c/dtd html 4.0 transitional/en', 'html']
const QUIRKY_SYSTEM = 'http://www.ibm.com/data/dtd/v11/ibmxhtml1-transitional.dtd'

const BLANK = '[\\t\\n\\f ]'
const QUOTED = `("[^">]*"|'[^'>]*')`
/** What is between `<!doctype` and `>`, when it is whole. */
const DOCTYPE = new RegExp(
  `^${BLANK}*([^\\t\\n\\f ]+)(?:${BLANK}+(?:public${BLANK}*${QUOTED}(?:${BLANK}*${QUOTED}.*|${BLANK}*)|system${BLANK}*${QUOTED}.*)?)?$`,
  'is',
)

/** Whether a document of this type (the declaration without `<!doctype` and `>`) is parsed as old browsers did. */
export function isQuirky(declaration: string): boolean {
  const found = DOCTYPE.exec(declaration.toLowerCase())
  if (found?.[1] !== 'html') return true
  const system = (found[3] ?? found[4])?.slice(1, -1)
  const identifier = found[2]?.slice(1, -1)
  if (system === QUIRKY_SYSTEM) return true
  if (identifier === undefined) return false
  const startsLike = (prefix: string) => identifier.startsWith(prefix)
  if (WHOLE.includes(identifier) || PREFIXES.some(startsLike)) return true
  return system === undefined && PREFIXES_ALONE.some(startsLike)
}
