import { z } from 'zod'
import { Failure } from '../../../../topologies/failure.ts'
import { defineSampleFilter } from '../../../../topologies/operator.ts'
import { filterParameters } from '../../../../topologies/parameters.ts'

/** The field in which Data-Juicer's loader notes the suffix of the file that a sample came from. */
const SUFFIX = '__dj__suffix__'

export default defineSampleFilter({
  name: 'suffix_filter',
  summary: 'Keeps samples that come from files with certain suffixes.',
  parameters: filterParameters.extend({
    suffixes: z
      .union([z.string(), z.array(z.string())])
      .nullable()
      .default([])
      .describe('suffixes that are kept, in lower case and with their dot, such as .txt; none keeps all'),
  }),
  reasons: ['suffix_not_listed', 'suffix_listed'],
  quirks: [
    'A suffix must be written as the sample has it: "txt" does not stand for ".txt".',
    'Suffixes of samples are in lower case and have a dot: ".C" and "Dockerfile" never match.',
    'The field __dj__suffix__ counts before the file that the sample was read from; one with neither fails, unless no suffix is asked for.',
  ],
  examples: [
    {
      title: 'keeps a suffix of the list',
      parameters: { suffixes: ['.txt', '.md'] },
      text: 'hello',
      fields: { [SUFFIX]: '.md' },
      expect: { keep: true },
    },
    {
      title: 'needs the dot',
      parameters: { suffixes: 'txt' },
      text: 'hello',
      fields: { [SUFFIX]: '.txt' },
      expect: { drop: 'suffix_not_listed' },
    },
    {
      title: 'drops the listed ones when reversed',
      parameters: { suffixes: '.exe', reversed_range: true },
      text: 'hello',
      fields: { [SUFFIX]: '.exe' },
      expect: { drop: 'suffix_listed' },
    },
    { title: 'keeps all without a list', text: 'hello', expect: { keep: true } },
    {
      title: 'fails where the suffix is not known',
      parameters: { suffixes: ['.txt'] },
      text: 'hello',
      expect: { fail: true },
    },
  ],
  create({ suffixes, reversed_range: reversed }) {
    const given = typeof suffixes === 'string' ? [suffixes] : (suffixes ?? [])
    const listed = new Set<unknown>(given)
    return {
      stats: [],
      measure: () => ({}),
      judge(_, subject) {
        if (listed.size === 0) return null
        const given = subject.field(SUFFIX)
        const suffix = given === undefined ? suffixOf(subject.source()) : given
        if (suffix === undefined) {
          throw new Failure(
            'operator_failed',
            `The sample has no field ${SUFFIX}, and was not read from a file, so that its suffix is not known.`,
          )
        }
        if (listed.has(suffix) !== reversed) return null
        return reversed ? 'suffix_listed' : 'suffix_not_listed'
      },
    }
  },
})

/** The suffix of the file in `file:line`, as Data-Juicer's loader notes it: the last, and the one before it of a compressed file. */
function suffixOf(source: string): string | undefined {
  const [, file] = /([^/]*):\d+$/.exec(source) ?? []
  const [suffix] = /(?<=.)\.[^.]+(?:\.(?:zstd?|gz|xz))?$/i.exec(file ?? '') ?? []
  return suffix?.toLowerCase()
}
