/** Letters and digits of alphabets that part words by blanks, where a word that stands within a longer one is another word. */
const ALPHABETIC = /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Armenian}\p{Script=Georgian}]$/u
const LETTER_OR_DIGIT = /^[\p{L}\p{Nd}]$/u
const DIGIT = /^\p{Nd}$/u

/** 1 for each code unit that is a letter of Latin, Greek, Cyrillic, Armenian or Georgian, or a digit of any script. */
export const ALPHABET: Uint8Array = Uint8Array.from({ length: 0x10000 }, (_, unit) => {
  const character = String.fromCharCode(unit)
  return DIGIT.test(character) || (LETTER_OR_DIGIT.test(character) && ALPHABETIC.test(character)) ? 1 : 0
})
