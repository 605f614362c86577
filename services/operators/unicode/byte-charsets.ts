/** Bytes 80 to 9F as Latin-1 reads them: control characters. */
const C1 = String.fromCharCode(...Array.from({ length: 32 }, (_, index) => 0x80 + index))
const LATIN_1 = String.fromCharCode(...Array.from({ length: 128 }, (_, index) => 0x80 + index))

const WINDOWS_1252 = [
  '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ',
  '\xa0¡¢£¤¥¦§¨©ª«¬\xad®¯°±²³´µ¶·¸¹º»¼½¾¿',
  'ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞß',
  'àáâãäåæçèéêëìíîïðñòóôõö÷øùúûüýþÿ',
].join('')

const WINDOWS_1251 = [
  'ЂЃ‚ѓ„…†‡€‰Љ‹ЊЌЋЏђ‘’“”•–—\x98™љ›њќћџ',
  '\xa0ЎўЈ¤Ґ¦§Ё©Є«¬\xad®Ї°±Ііґµ¶·ё№є»јЅѕї',
  'АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ',
  'абвгдежзийклмнопрстуфхцчшщъыьэюя',
].join('')

const WINDOWS_1250 = [
  '€\x81‚\x83„…†‡\x88‰Š‹ŚŤŽŹ\x90‘’“”•–—\x98™š›śťžź',
  '\xa0ˇ˘Ł¤Ą¦§¨©Ş«¬\xad®Ż°±˛ł´µ¶·¸ąş»Ľ˝ľż',
  'ŔÁÂĂÄĹĆÇČÉĘËĚÍÎĎĐŃŇÓÔŐÖ×ŘŮÚŰÜÝŢß',
  'ŕáâăäĺćçčéęëěíîďđńňóôőö÷řůúűüýţ˙',
].join('')

const WINDOWS_1253 = [
  '€\x81‚ƒ„…†‡\x88‰\x8a‹\x8c\x8d\x8e\x8f\x90‘’“”•–—\x98™\x9a›\x9c\x9d\x9e\x9f',
  '\xa0΅Ά£¤¥¦§¨©ª«¬\xad®―°±²³΄µ¶·ΈΉΊ»Ό½ΎΏ',
  'ΐΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡÒΣΤΥΦΧΨΩΪΫάέήί',
  'ΰαβγδεζηθικλμνξοπρςστυφχψωϊϋόύώÿ',
].join('')

const WINDOWS_1254 = [
  '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8d\x8e\x8f\x90‘’“”•–—˜™š›œ\x9d\x9eŸ',
  '\xa0¡¢£¤¥¦§¨©ª«¬\xad®¯°±²³´µ¶·¸¹º»¼½¾¿',
  'ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏĞÑÒÓÔÕÖ×ØÙÚÛÜİŞß',
  'àáâãäåæçèéêëìíîïğñòóôõö÷øùúûüışÿ',
].join('')

const WINDOWS_1257 = [
  '€\x81‚\x83„…†‡\x88‰\x8a‹\x8c¨ˇ¸\x90‘’“”•–—\x98™\x9a›\x9c¯˛\x9f',
  '\xa0¡¢£¤¥¦§Ø©Ŗ«¬\xad®Æ°±²³´µ¶·ø¹ŗ»¼½¾æ',
  'ĄĮĀĆÄÅĘĒČÉŹĖĢĶĪĻŠŃŅÓŌÕÖ×ŲŁŚŪÜŻŽß',
  'ąįāćäåęēčéźėģķīļšńņóōõö÷ųłśūüżž˙',
].join('')

const ISO_8859_2 = [
  C1,
  '\xa0Ą˘Ł¤ĽŚ§¨ŠŞŤŹ\xadŽŻ°ą˛ł´ľśˇ¸šşťź˝žż',
  'ŔÁÂĂÄĹĆÇČÉĘËĚÍÎĎĐŃŇÓÔŐÖ×ŘŮÚŰÜÝŢß',
  'ŕáâăäĺćçčéęëěíîďđńňóôőö÷řůúűüýţ˙',
].join('')

const MACROMAN = [
  'ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü',
  '†°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø',
  '¿¡¬√ƒ≈∆«»…\xa0ÀÃÕŒœ–—“”‘’÷◊ÿŸ⁄€‹›ﬁﬂ',
  '‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔ\uf8ffÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇ',
].join('')

const CP437 = [
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒ',
  'áíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐',
  '└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀',
  'αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\xa0',
].join('')

/** The byte that stands for a lost one (U+FFFD) in a sloppy charset: ASCII's SUBSTITUTE. */
export const LOST_BYTE = 0x1a
const LOST = '\ufffd'

/** A charset of one byte per character. Texts in it are held as strings of characters U+0000 to U+00FF, one per byte. */
export interface ByteCharset {
  name: string
  /** Bytes without a character stand for the control character of the same number, and U+FFFD for `LOST_BYTE`. */
  sloppy: boolean
  /** The characters of bytes 80 to FF. */
  upper: string
}

/**
 * The charsets as which UTF-8 is mistaken, in the order in which a repair tries them (ftfy 6.3.1, CHARMAP_ENCODINGS).
 * Contents: the mapping tables of the Unicode Consortium.
 */
export const BYTE_CHARSETS: readonly ByteCharset[] = [
  { name: 'latin-1', sloppy: false, upper: LATIN_1 },
  { name: 'windows-1252', sloppy: true, upper: WINDOWS_1252 },
  { name: 'windows-1251', sloppy: true, upper: WINDOWS_1251 },
  { name: 'windows-1250', sloppy: true, upper: WINDOWS_1250 },
  { name: 'windows-1253', sloppy: true, upper: WINDOWS_1253 },
  { name: 'windows-1254', sloppy: true, upper: WINDOWS_1254 },
  { name: 'windows-1257', sloppy: true, upper: WINDOWS_1257 },
  { name: 'iso-8859-2', sloppy: false, upper: ISO_8859_2 },
  { name: 'macroman', sloppy: false, upper: MACROMAN },
  { name: 'cp437', sloppy: false, upper: CP437 },
]

const ALL = (1 << BYTE_CHARSETS.length) - 1
const SLOPPY = BYTE_CHARSETS.reduce((mask, charset, index) => mask | (charset.sloppy ? 1 << index : 0), 0)

let membership: Uint16Array | null = null

/** Per UTF-16 unit a bit for each charset that has it. */
function charsetsOfUnits(): Uint16Array {
  if (membership !== null) return membership
  membership = new Uint16Array(0x10000).fill(ALL, 0, 0x80)
  membership[LOST_BYTE] = ALL & ~SLOPPY
  membership[LOST.charCodeAt(0)] = SLOPPY
  for (const [index, { upper }] of BYTE_CHARSETS.entries()) {
    for (const character of upper) {
      const unit = character.charCodeAt(0)
      membership[unit] = (membership[unit] ?? 0) | (1 << index)
    }
  }
  return membership
}

/** A bit for each charset of `BYTE_CHARSETS` that has all characters of the text. */
export function possibleCharsets(text: string): number {
  const table = charsetsOfUnits()
  let possible = ALL
  for (let index = 0; index < text.length && possible !== 0; index++) possible &= table[text.charCodeAt(index)] ?? 0
  return possible
}

const encoders = new Map<ByteCharset, Uint8Array>()

function encoder(charset: ByteCharset): Uint8Array {
  const known = encoders.get(charset)
  if (known !== undefined) return known
  const table = new Uint8Array(0x10000)
  for (let byte = 0; byte < 0x80; byte++) table[byte] = byte
  for (let byte = 0x80; byte < 0x100; byte++) table[charset.upper.charCodeAt(byte - 0x80)] = byte
  if (charset.sloppy) table[LOST.charCodeAt(0)] = LOST_BYTE
  encoders.set(charset, table)
  return table
}

/** The text as bytes of a charset that has all its characters. */
export function encode(text: string, charset: ByteCharset): string {
  if (charset.upper === LATIN_1) return text
  const table = encoder(charset)
  const bytes = Buffer.allocUnsafe(text.length)
  for (let index = 0; index < text.length; index++) bytes[index] = table[text.charCodeAt(index)] ?? 0
  return bytes.toString('latin1')
}

/** C1 control characters replaced by what windows-1252 has in their places, as web browsers do. */
export function c1AsWindows1252(text: string): string {
  return text.replace(/[\x80-\x9f]/g, (control) => WINDOWS_1252[control.charCodeAt(0) - 0x80] ?? control)
}
