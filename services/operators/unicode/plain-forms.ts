/** Ligatures and digraphs of Latin letters that are typography or legacy, with their letters (ftfy 6.3.1, LIGATURES). */
const LIGATURES: Record<string, string> = {
  Ĳ: 'IJ',
  ĳ: 'ij',
  // The modifier apostrophe that it has at first is then straightened like any other.
  ŉ: "'n",
  Ǳ: 'DZ',
  ǲ: 'Dz',
  ǳ: 'dz',
  Ǆ: 'DŽ',
  ǅ: 'Dž',
  ǆ: 'dž',
  Ǉ: 'LJ',
  ǈ: 'Lj',
  ǉ: 'lj',
  Ǌ: 'NJ',
  ǋ: 'Nj',
  ǌ: 'nj',
  ﬀ: 'ff',
  ﬁ: 'fi',
  ﬂ: 'fl',
  ﬃ: 'ffi',
  ﬄ: 'ffl',
  ﬅ: 'ſt',
  ﬆ: 'st',
}

/** Line breaks; U+0085 is none by then, for the repair of the encoding has made an ellipsis of it. */
const LINE_BREAKS = '\r\u2028\u2029'
const SINGLE_QUOTES = '\u02bc\u2018\u2019\u201a\u201b'
const DOUBLE_QUOTES = '\u201c\u201d\u201e\u201f'

function makePlainForms(): Map<string, string> {
  const forms = new Map(Object.entries(LIGATURES))
  forms.set('\u3000', ' ')
  for (let unit = 0xff01; unit < 0xfff0; unit++) {
    const character = String.fromCharCode(unit)
    const standard = character.normalize('NFKC')
    if (standard !== character) forms.set(character, standard)
  }
  for (const quote of SINGLE_QUOTES) forms.set(quote, "'")
  for (const quote of DOUBLE_QUOTES) forms.set(quote, '"')
  for (const lineBreak of LINE_BREAKS) forms.set(lineBreak, '\n')
  return forms
}

/**
 * Characters that become plainer ones: Latin ligatures, halfwidth and fullwidth forms, curly quotes, line breaks. No plain form
 * has one of its own, so that one replacement does what ftfy does one after the other.
 */
export const PLAIN_FORMS: ReadonlyMap<string, string> = makePlainForms()

const HAS_PLAIN_FORM = new Uint8Array(0x10000)
for (const character of PLAIN_FORMS.keys()) HAS_PLAIN_FORM[character.charCodeAt(0)] = 1

/** The plain form of a character that has one. */
export function plainForm(character: string): string {
  return PLAIN_FORMS.get(character) ?? character
}

/** Replaces each character that has a plain form by it. Runs of other characters are copied whole. */
export function toPlainForms(text: string): string {
  let plain = ''
  let done = 0
  for (let index = 0; index < text.length; index++) {
    if (HAS_PLAIN_FORM[text.charCodeAt(index)] !== 1) continue
    const isLineBreakOfTwo = text.startsWith('\r\n', index)
    plain += text.slice(done, index) + plainForm(text.charAt(index))
    if (isLineBreakOfTwo) index++
    done = index + 1
  }
  return plain + text.slice(done)
}
