// Writes services/operators/text/unicode-tables.ts from what Python itself answers.
//   MILLRACE_PYTHON=/path/to/python node infra/tables/unicode.mjs
// The Python needs Data-Juicer's own versions of `regex` and `emoji`; its str methods decide the rest.
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'

const PROGRAM = String.raw`
import json, unicodedata, regex
from data_juicer.ops.common.special_characters import SPECIAL_CHARACTERS
special = {ord(c) for c in SPECIAL_CHARACTERS if len(c) == 1}
word = regex.compile(r"\w")
tests = {
    "ALPHANUMERIC": lambda c: chr(c).isalnum(),
    "SPECIAL": lambda c: c in special,
    "UNASSIGNED": lambda c: unicodedata.category(chr(c)) == "Cn",
    "WORD": lambda c: word.match(chr(c)) is not None,
}
def ranges(test):
    found, start = [], None
    for c in range(0x110001):
        holds = c < 0x110000 and test(c)
        if holds and start is None: start = c
        if not holds and start is not None: found.append([start, c]); start = None
    return found
print(json.dumps({name: ranges(test) for name, test in tests.items()}))
`

const COMMENTS = {
  ALPHANUMERIC: 'Code points for which `str.isalnum` is true (Python 3.11, Unicode 14).',
  SPECIAL:
    "Data-Juicer's special characters: punctuation, digits, blanks, a hand-made list, and the emoji of emoji 2.2.0.",
  UNASSIGNED: 'Code points that Unicode 14 does not know; Python 3.11 leaves them alone in `str.lower`.',
  WORD: String.raw`Code points that \w matches in the PyPI module regex 2026.11.15 (Unicode 18).`,
}

/** Gap to the start of each range, then its length, in base 36. */
function pack(ranges) {
  let end = 0
  const numbers = ranges.flatMap(([start, stop]) => {
    const pair = [start - end, stop - start]
    end = stop
    return pair
  })
  return numbers.map((number) => number.toString(36)).join(' ')
}

const wrap = (text) => text.replace(/(.{1,116})(?: |$)/g, '$1\n').trimEnd()

const python = process.env.MILLRACE_PYTHON
if (!python) throw new Error('Set MILLRACE_PYTHON to a Python that has Data-Juicer installed.')
const facts = JSON.parse(execFileSync(python, ['-c', PROGRAM], { encoding: 'utf8', maxBuffer: 1 << 26 }))
const tables = Object.entries(facts).map(
  ([name, ranges]) => `/** ${COMMENTS[name]} */\nexport const ${name} = \`\n${wrap(pack(ranges))}\n\`\n`,
)
const head =
  '// Facts, written by infra/tables/unicode.mjs: ranges of code points as pairs of a gap and a length in base 36.\n\n'
writeFileSync(new URL('../../services/operators/text/unicode-tables.ts', import.meta.url), head + tables.join('\n'))
