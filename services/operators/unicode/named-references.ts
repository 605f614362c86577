import { NAMED_CHARACTERS } from './named-characters.ts'

/** Names of character references that need no semicolon (https://html.spec.whatwg.org/entities.json); of 2 to 6 letters. */
export const LEGACY_NAMES: ReadonlySet<string> = new Set(
  [
    'AElig AMP Aacute Acirc Agrave Aring Atilde Auml COPY Ccedil ETH Eacute Ecirc Egrave Euml GT Iacute Icirc Igrave Iuml',
    'LT Ntilde Oacute Ocirc Ograve Oslash Otilde Ouml QUOT REG THORN Uacute Ucirc Ugrave Uuml Yacute aacute acirc acute',
    'aelig agrave amp aring atilde auml brvbar ccedil cedil cent copy curren deg divide eacute ecirc egrave eth euml',
    'frac12 frac14 frac34 gt iacute icirc iexcl igrave iquest iuml laquo lt macr micro middot nbsp not ntilde oacute ocirc',
    'ograve ordf ordm oslash otilde ouml para plusmn pound quot raquo reg sect shy sup1 sup2 sup3 szlig thorn times uacute',
    'ucirc ugrave uml uuml yacute yen yuml',
  ]
    .join(' ')
    .split(' '),
)

let named: Map<string, string> | null = null

/** What a character reference of this name stands for, whether it needs a semicolon or not; undefined for an unknown name. */
export function namedReference(name: string): string | undefined {
  named ??= new Map([
    // The one name that is longer than the table's.
    ['CounterClockwiseContourIntegral', '\u2233'],
    ...NAMED_CHARACTERS.map((entry): [string, string] => {
      const split = entry.indexOf('=')
      return [entry.slice(0, split), entry.slice(split + 1)]
    }),
  ])
  return named.get(name)
}
