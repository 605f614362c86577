import type { Catalog, OperatorDefinition } from '../../topologies/operator.ts'
import alphanumeric from './filters/alphanumeric.ts'
import averageLineLength from './filters/average-line-length.ts'
import characterRepetition from './filters/character-repetition.ts'
import flaggedWords from './filters/flagged-words.ts'
import maximumLineLength from './filters/maximum-line-length.ts'
import specialCharacters from './filters/special-characters.ts'
import stopwords from './filters/stopwords.ts'
import textLength from './filters/text-length.ts'
import wordRepetition from './filters/word-repetition.ts'
import wordsNum from './filters/words-num.ts'
import cleanCopyright from './mappers/cleaning/clean-copyright.ts'
import cleanEmail from './mappers/cleaning/clean-email.ts'
import cleanIp from './mappers/cleaning/clean-ip.ts'
import cleanLinks from './mappers/cleaning/clean-links.ts'
import replaceContent from './mappers/cleaning/replace-content.ts'
import removeBibliography from './mappers/latex/remove-bibliography.ts'
import removeComments from './mappers/latex/remove-comments.ts'
import removeHeader from './mappers/latex/remove-header.ts'
import fixUnicode from './mappers/normalizing/fix-unicode.ts'
import punctuationNormalization from './mappers/normalizing/punctuation-normalization.ts'
import whitespaceNormalization from './mappers/normalizing/whitespace-normalization.ts'
import removeLongWords from './mappers/removing/remove-long-words.ts'
import removeNonChineseCharacter from './mappers/removing/remove-non-chinese-character.ts'
import removeSpecificChars from './mappers/removing/remove-specific-chars.ts'
import removeWordsWithIncorrectSubstrings from './mappers/removing/remove-words-with-incorrect-substrings.ts'

/** Every operator that a recipe may name; a new one is added here and nowhere else. */
export const catalog: Catalog = byName([
  alphanumeric,
  averageLineLength,
  characterRepetition,
  cleanCopyright,
  cleanEmail,
  cleanIp,
  cleanLinks,
  fixUnicode,
  flaggedWords,
  maximumLineLength,
  punctuationNormalization,
  removeBibliography,
  removeComments,
  removeHeader,
  removeLongWords,
  removeNonChineseCharacter,
  removeSpecificChars,
  removeWordsWithIncorrectSubstrings,
  replaceContent,
  specialCharacters,
  stopwords,
  textLength,
  whitespaceNormalization,
  wordRepetition,
  wordsNum,
])

/** Two operators of one name are a mistake of ours, found when the program starts. */
function byName(definitions: OperatorDefinition[]): Catalog {
  const found = new Map<string, OperatorDefinition>()
  for (const definition of definitions) {
    if (found.has(definition.name)) throw new Error(`Two operators are named ${definition.name}.`)
    found.set(definition.name, definition)
  }
  return found
}
