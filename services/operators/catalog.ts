import type { Catalog, OperatorDefinition } from '../../topologies/operator.ts'
import documentDeduplicator from './deduplicators/document.ts'
import documentLine from './deduplicators/document-line.ts'
import documentMinhash from './deduplicators/document-minhash.ts'
import documentMinhashWithUid from './deduplicators/document-minhash-with-uid.ts'
import documentSimhash from './deduplicators/document-simhash.ts'
import rayBtsMinhash from './deduplicators/ray-bts-minhash.ts'
import rayBtsMinhashWithUid from './deduplicators/ray-bts-minhash-with-uid.ts'
import rayDocument from './deduplicators/ray-document.ts'
import alphanumeric from './filters/alphanumeric.ts'
import averageLineLength from './filters/average-line-length.ts'
import characterRepetition from './filters/character-repetition.ts'
import alphanumericCount from './filters/counts/alphanumeric-count.ts'
import partCount from './filters/counts/part-count.ts'
import generalField from './filters/fields/general-field.ts'
import specifiedField from './filters/fields/specified-field.ts'
import specifiedNumericField from './filters/fields/specified-numeric-field.ts'
import suffix from './filters/fields/suffix.ts'
import flaggedWords from './filters/flagged-words.ts'
import llmAnalysis from './filters/judging/llm-analysis.ts'
import llmCondition from './filters/judging/llm-condition.ts'
import llmDifficultyScore from './filters/judging/llm-difficulty-score.ts'
import llmQualityScore from './filters/judging/llm-quality-score.ts'
import llmTaskRelevance from './filters/judging/llm-task-relevance.ts'
import languageIdScore from './filters/language-id-score.ts'
import maximumLineLength from './filters/maximum-line-length.ts'
import perplexity from './filters/perplexity.ts'
import qualityClassifier from './filters/scoring/quality-classifier.ts'
import textEmbdSimilarity from './filters/scoring/text-embd-similarity.ts'
import textPairSimilarity from './filters/scoring/text-pair-similarity.ts'
import textQualityScore from './filters/scoring/text-quality-score.ts'
import toxicityScore from './filters/scoring/toxicity-score.ts'
import sensitiveWordsFilter from './filters/sensitive/sensitive-words.ts'
import specialCharacters from './filters/special-characters.ts'
import stopwords from './filters/stopwords.ts'
import textLength from './filters/text-length.ts'
import tokenNum from './filters/token-num.ts'
import wordRepetition from './filters/word-repetition.ts'
import wordsNum from './filters/words-num.ts'
import keyValue from './groupers/key-value.ts'
import naive from './groupers/naive.ts'
import naiveReverse from './groupers/naive-reverse.ts'
import agentBadCaseSignal from './mappers/agent/agent-bad-case-signal.ts'
import agentDialogNormalize from './mappers/agent/agent-dialog-normalize.ts'
import agentToolType from './mappers/agent/agent-tool-type.ts'
import toolSuccessTagger from './mappers/agent/tool-success-tagger.ts'
import usageCounter from './mappers/agent/usage-counter.ts'
import nlpaugEn from './mappers/augmenting/nlpaug-en.ts'
import nlpcdaZh from './mappers/augmenting/nlpcda-zh.ts'
import cleanCopyright from './mappers/cleaning/clean-copyright.ts'
import cleanEmail from './mappers/cleaning/clean-email.ts'
import cleanHtml from './mappers/cleaning/clean-html.ts'
import cleanIp from './mappers/cleaning/clean-ip.ts'
import cleanLinks from './mappers/cleaning/clean-links.ts'
import replaceContent from './mappers/cleaning/replace-content.ts'
import specialContent from './mappers/cleaning/special-content.ts'
import pythonFile from './mappers/code/python-file.ts'
import pythonLambda from './mappers/code/python-lambda.ts'
import downloadFile from './mappers/downloading/download-file.ts'
import extractEntityAttribute from './mappers/extracting/extract-entity-attribute.ts'
import extractEntityRelation from './mappers/extracting/extract-entity-relation.ts'
import extractEvent from './mappers/extracting/extract-event.ts'
import extractKeyword from './mappers/extracting/extract-keyword.ts'
import extractNickname from './mappers/extracting/extract-nickname.ts'
import extractSupportText from './mappers/extracting/extract-support-text.ts'
import llmExtract from './mappers/extracting/llm-extract.ts'
import relationIdentity from './mappers/extracting/relation-identity.ts'
import extractTablesFromHtml from './mappers/html/extract-tables-from-html.ts'
import expandMacro from './mappers/latex/expand-macro.ts'
import latexFigureContextExtractor from './mappers/latex/latex-figure-context-extractor.ts'
import latexMergeTex from './mappers/latex/latex-merge-tex.ts'
import removeBibliography from './mappers/latex/remove-bibliography.ts'
import removeComments from './mappers/latex/remove-comments.ts'
import removeHeader from './mappers/latex/remove-header.ts'
import chineseConvert from './mappers/normalizing/chinese-convert.ts'
import fixUnicode from './mappers/normalizing/fix-unicode.ts'
import punctuationNormalization from './mappers/normalizing/punctuation-normalization.ts'
import textNormalize from './mappers/normalizing/text-normalize.ts'
import whitespaceNormalization from './mappers/normalizing/whitespace-normalization.ts'
import piiRedaction from './mappers/privacy/pii-redaction.ts'
import sensitiveContentMask from './mappers/privacy/sensitive-content-mask.ts'
import sensitiveWordsMapper from './mappers/privacy/sensitive-words.ts'
import calibrateQa from './mappers/questions/calibrate-qa.ts'
import calibrateQuery from './mappers/questions/calibrate-query.ts'
import calibrateResponse from './mappers/questions/calibrate-response.ts'
import optimizeQa from './mappers/questions/optimize-qa.ts'
import optimizeQuery from './mappers/questions/optimize-query.ts'
import optimizeResponse from './mappers/questions/optimize-response.ts'
import pairPreference from './mappers/questions/pair-preference.ts'
import removeLongWords from './mappers/removing/remove-long-words.ts'
import removeNonChineseCharacter from './mappers/removing/remove-non-chinese-character.ts'
import removeRepeatSentences from './mappers/removing/remove-repeat-sentences.ts'
import removeSpecificChars from './mappers/removing/remove-specific-chars.ts'
import removeTableText from './mappers/removing/remove-table-text.ts'
import removeWordsWithIncorrectSubstrings from './mappers/removing/remove-words-with-incorrect-substrings.ts'
import sentenceSplit from './mappers/splitting/sentence-split.ts'
import textChunk from './mappers/splitting/text-chunk.ts'
import frequencySpecifiedField from './selectors/frequency-specified-field.ts'
import randomSelector from './selectors/random.ts'
import rangeSpecifiedField from './selectors/range-specified-field.ts'
import tagsSpecifiedField from './selectors/tags-specified-field.ts'
import topkSpecifiedField from './selectors/topk-specified-field.ts'

/** Every operator that a recipe may name; a new one is added here and nowhere else. */
export const catalog: Catalog = byName([
  documentDeduplicator,
  documentLine,
  documentMinhash,
  documentMinhashWithUid,
  documentSimhash,
  rayBtsMinhash,
  rayBtsMinhashWithUid,
  rayDocument,
  frequencySpecifiedField,
  randomSelector,
  rangeSpecifiedField,
  tagsSpecifiedField,
  topkSpecifiedField,
  keyValue,
  naive,
  naiveReverse,
  agentBadCaseSignal,
  agentDialogNormalize,
  agentToolType,
  alphanumeric,
  alphanumericCount,
  averageLineLength,
  characterRepetition,
  chineseConvert,
  calibrateQa,
  calibrateQuery,
  calibrateResponse,
  optimizeQa,
  optimizeQuery,
  optimizeResponse,
  pairPreference,
  extractEntityAttribute,
  extractEntityRelation,
  extractEvent,
  extractKeyword,
  extractNickname,
  extractSupportText,
  llmExtract,
  relationIdentity,
  cleanCopyright,
  cleanEmail,
  cleanHtml,
  cleanIp,
  cleanLinks,
  downloadFile,
  expandMacro,
  extractTablesFromHtml,
  fixUnicode,
  flaggedWords,
  generalField,
  latexFigureContextExtractor,
  latexMergeTex,
  languageIdScore,
  llmAnalysis,
  llmCondition,
  llmDifficultyScore,
  llmQualityScore,
  llmTaskRelevance,
  maximumLineLength,
  perplexity,
  qualityClassifier,
  textEmbdSimilarity,
  textPairSimilarity,
  textQualityScore,
  toxicityScore,
  tokenNum,
  nlpaugEn,
  nlpcdaZh,
  partCount,
  piiRedaction,
  punctuationNormalization,
  pythonFile,
  pythonLambda,
  removeBibliography,
  removeComments,
  removeHeader,
  removeLongWords,
  removeNonChineseCharacter,
  removeRepeatSentences,
  removeSpecificChars,
  removeTableText,
  removeWordsWithIncorrectSubstrings,
  replaceContent,
  sensitiveContentMask,
  sensitiveWordsFilter,
  sensitiveWordsMapper,
  sentenceSplit,
  specialCharacters,
  specialContent,
  specifiedField,
  specifiedNumericField,
  stopwords,
  suffix,
  textChunk,
  textLength,
  textNormalize,
  toolSuccessTagger,
  usageCounter,
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
