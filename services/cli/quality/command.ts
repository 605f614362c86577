import { type Command, InvalidArgumentError, Option } from 'commander'
import { BUCKETS } from '../../models/quality/classifier.ts'
import { KEEP_METHODS } from '../../operators/quality/keeping.ts'
import { wholeNumber } from '../options.ts'
import { evaluate } from './evaluate.ts'
import { learn } from './learn.ts'
import { predict } from './predict.ts'
import { train } from './train.ts'

const MODEL = 'the classifier: a path, or a name among the assets'
const FILES = 'files, directories or patterns'

export function define(command: Command): void {
  command.addHelpText(
    'after',
    '\nExample:\n  millrace quality train --positive wikipedia/ --negative crawl/ --output quality.onnx',
  )
  defineTrain(
    command.command('train').description('train a classifier on good and bad texts, and test it on some of them'),
  )
  defineEvaluate(command.command('evaluate').description('test a classifier on good and bad texts'))
  definePredict(command.command('predict').description('score documents, and say which to keep'))
  defineLearn(
    command.command('learn').description('train a classifier anew on what people said of texts (see feedback)'),
  )
  for (const one of command.commands) {
    one
      .option('--text-key <key>', 'field that holds the text', 'text')
      .option('--assets <directory>', 'word lists and models (default: MILLRACE_ASSETS)')
      .option('--json', 'print one JSON object')
  }
}

function defineTrain(command: Command): void {
  command
    .requiredOption('--positive <path...>', `good texts: ${FILES}`)
    .requiredOption('--negative <path...>', `bad texts: ${FILES}`)
    .requiredOption('--output <path>', 'where the classifier goes, an ONNX file')
    .option('--samples <n>', 'so many texts of each, drawn at random (default: all)', wholeNumber)
    .option('--split <ratio>', 'share that it learns from; on the rest it is tested', ratio, 0.8)
    .option('--seed <n>', 'of the drawing and the split', wholeNumber, 42)
    .option('--iterations <n>', 'most iterations', wholeNumber, 100)
    .option('--l2 <number>', 'what large weights cost', notNegative, 0)
    .option('--buckets <n>', 'buckets that words are hashed into', wholeNumber, BUCKETS)
    .option(
      '--tokenizer <asset>',
      'a SentencePiece model among the assets, as zh.sp.model (default: words between blanks)',
      '',
    )
    .option('--version <name>', 'what scores call the model', '1')
    .addHelpText(
      'after',
      '\nExample:\n  millrace quality train --positive wikipedia/ --negative crawl/ --output quality.onnx --samples 100000',
    )
    .action(train)
}

function defineLearn(command: Command): void {
  command
    .argument('<pipeline>', 'name of a pipeline, or its recipe')
    .requiredOption('--model <model>', `${MODEL}; it is replaced, and scorers at work take it up`)
    .option('--positive <path...>', `texts of the positive class besides, as toxic ones: ${FILES}`, [])
    .option('--negative <path...>', `texts of the negative class besides: ${FILES}`, [])
    .option('--samples <n>', 'so many of these of each class, drawn at random (default: all)', wholeNumber)
    .option('--seed <n>', 'of the drawing', wholeNumber, 42)
    .option('--weight <n>', 'how many times a text counts of which a person said something', wholeNumber, 5)
    .option('--iterations <n>', 'most iterations', wholeNumber, 100)
    .option('--l2 <number>', 'what large weights cost', notNegative, 1e-3)
    .option('--buckets <n>', 'buckets that words are hashed into', wholeNumber, BUCKETS)
    .option('--tokenizer <asset>', 'a SentencePiece model among the assets (default: words between blanks)', '')
    .option('--follow', 'train again whenever something new was said, until it is interrupted')
    .option('--interval <seconds>', 'how often it is looked for something new, with --follow', wholeNumber, 30)
    .option('--broker <where>', 'local, or HOST:PORT,… (default: MILLRACE_BROKERS, else local)')
    .addHelpText(
      'after',
      '\nExample:\n  millrace quality learn refine --model toxicity.onnx --positive toxic.jsonl --negative clean.jsonl --follow',
    )
    .action(learn)
}

function defineEvaluate(command: Command): void {
  command
    .requiredOption('--model <model>', MODEL)
    .option('--positive <path...>', `good texts: ${FILES}`, [])
    .option('--negative <path...>', `bad texts: ${FILES}`, [])
    .addHelpText(
      'after',
      '\nExample:\n  millrace quality evaluate --model quality.onnx --positive good.jsonl --negative bad.jsonl',
    )
    .action(evaluate)
}

function definePredict(command: Command): void {
  command
    .requiredOption('--model <model>', MODEL)
    .requiredOption('--input <path...>', `${FILES}, or - for standard input`)
    .requiredOption(
      '--output <path>',
      'where the documents go with doc_score and should_keep, or - for standard output',
    )
    .addOption(new Option('--keep <method>', 'how a score decides').choices(KEEP_METHODS).default('label'))
    .option('--alpha <number>', 'shape of the Pareto distribution', notNegative, 9)
    .option('--seed <n>', 'of the drawing', wholeNumber, 42)
    .option('--only-kept', 'write only what should be kept')
    .addHelpText(
      'after',
      '\nExample:\n  millrace quality predict --model quality.onnx --input crawl.jsonl --output scored.jsonl',
    )
    .action(predict)
}

function ratio(value: string): number {
  const number = Number(value)
  if (number > 0 && number <= 1) return number
  throw new InvalidArgumentError('It must be a number above 0 and up to 1.')
}

function notNegative(value: string): number {
  const number = Number(value)
  if (value !== '' && number >= 0 && Number.isFinite(number)) return number
  throw new InvalidArgumentError('It must be a number from 0.')
}
