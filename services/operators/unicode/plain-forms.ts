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
const LINE_BREAKS = ['\r\n', '\r', '\u2028', '\u2029']
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

const singles = [...PLAIN_FORMS.keys()].filter((key) => key.length === 1).join('')
const EACH = new RegExp(`\\r\\n|[${singles}]`, 'g')

/** Replaces each character that has a plain form by it. */
export function toPlainForms(text: string): string {
  return text.replace(EACH, (form) => PLAIN_FORMS.get(form) ?? form)
}
