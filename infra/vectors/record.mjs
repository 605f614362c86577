// Asks Data-Juicer again for the answers in test/vectors, for all operators or those named.
//   MILLRACE_ORACLE=/path/to/oracle node infra/vectors/record.mjs [OPERATOR…]
// The oracle is called as `oracle OPERATOR --params JSON --assets DIR`, with samples as JSON lines, and prints verdict lines.
// A vector has one sample; where the whole data set matters (files `.datasets.jsonl.gz`) it has all of them.
// Operators that draw at random need one that seeds Python's and NumPy's generators before each sample with the first six
// bytes of SHA-256 of `seed \n OPERATOR \n text`: MILLRACE_SEEDED_ORACLE. Without it they are left as they are.
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { gunzipSync, gzipSync } from 'node:zlib'

const VECTORS = 'test/vectors'
const ASSETS = 'test/support/assets'
const SUFFIX = '.jsonl.gz'
const DATASETS = '.datasets'

const oracle = process.env.MILLRACE_ORACLE
if (!oracle) throw new Error('Set MILLRACE_ORACLE to a program that runs one operator of Data-Juicer.')

const seededOracle = process.env.MILLRACE_SEEDED_ORACLE
const SEEDED = new Set(['nlpaug_en_mapper', 'nlpcda_zh_mapper'])

const lines = (text) => text.trimEnd().split('\n')
const named = process.argv.slice(2)
const operators = readdirSync(VECTORS)
  .filter((file) => file.endsWith(SUFFIX))
  .map((file) => file.slice(0, -SUFFIX.length))

for (const file of operators.filter((file) => named.length === 0 || named.includes(operatorOf(file)))) {
  const program = SEEDED.has(file) ? seededOracle : oracle
  if (!program) {
    console.log(`${file}: left as it is, for want of MILLRACE_SEEDED_ORACLE`)
    continue
  }
  const path = `${VECTORS}/${file}${SUFFIX}`
  const vectors = lines(gunzipSync(readFileSync(path)).toString()).map((line) => JSON.parse(line))
  if (vectors.some((vector) => 'answers' in vector)) {
    console.log(`${file}: left as it is, for want of the model that answered`)
    continue
  }
  const ask = asking(program, operatorOf(file))
  if (file.endsWith(DATASETS)) recordDatasets(vectors, ask)
  else recordSamples(vectors, ask)
  writeFileSync(path, gzipSync(vectors.map((vector) => `${JSON.stringify(vector)}\n`).join(''), { level: 9 }))
  console.log(`${file}: ${vectors.length} vectors`)
}

function operatorOf(file) {
  return file.replace(DATASETS, '')
}

function recordSamples(vectors, ask) {
  for (const [parameters, group] of Map.groupBy(vectors, (vector) => JSON.stringify(vector.parameters))) {
    const samples = group.map(({ input }) => input)
    for (const [i, answer] of ask(parameters, samples).entries()) group[i].expected = answer
  }
}

function recordDatasets(vectors, ask) {
  for (const vector of vectors) vector.expected = ask(JSON.stringify(vector.parameters), vector.inputs)
}

function asking(program, operator) {
  return (parameters, samples) => {
    const input = samples.map((sample) => `${JSON.stringify(sample)}\n`).join('')
    const output = execFileSync(program, [operator, '--params', parameters, '--assets', ASSETS], { input })
    return lines(output.toString()).map((line) => JSON.parse(line))
  }
}
