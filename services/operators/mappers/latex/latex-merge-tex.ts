import { z } from 'zod'
import { Failure } from '../../../../topologies/failure.ts'
import { defineSampleMapper, type OperatorContext } from '../../../../topologies/operator.ts'
import { commonParameters } from '../../../../topologies/parameters.ts'
import { ArchiveError, type ArchiveMember } from '../../archives/members.ts'
import { tarMembers } from '../../archives/tar.ts'
import { zipMembers } from '../../archives/zip.ts'
import { lower } from '../../text/python-strings.ts'

const MEBIBYTE = 2 ** 20

const limit = (byDefault: number, what: string) => z.int().nullable().default(byDefault).describe(what)

const parameters = commonParameters.extend({
  compressed_file_key: z.string().default('compressed_file').describe('field that holds the path of an archive'),
  separator: z.string().default('\n\n').describe('what is put between two files'),
  max_file_size: limit(50 * MEBIBYTE, 'bytes of a file above which it is left out; null or 0 for no limit'),
  max_total_size: limit(
    100 * MEBIBYTE,
    'bytes of all files; the first one that goes beyond it ends the reading; null or 0 for no limit',
  ),
})

/** Most bytes; infinity for any number. */
interface Limits {
  file: number
  total: number
}

export default defineSampleMapper({
  name: 'latex_merge_tex_mapper',
  summary: 'Reads the LaTeX files of an archive that a document names, and makes them its text.',
  parameters,
  quirks: [
    'An archive that is missing, damaged or of another kind than .zip, .tar, .tar.gz and .tgz gives an empty text.',
    'Files come in the order of the archive; nothing is sorted and none is left out for being a copy.',
    'The path is one of the machine that the operator runs on.',
    'Archives packed with bzip2 or xz, ZIP members packed otherwise than by deflate, and sparse files are damaged to Millrace.',
  ],
  examples: [
    {
      title: 'gives an empty text where the archive cannot be read',
      text: 'before',
      fields: { compressed_file: 'nowhere.tar.gz' },
      expect: { documents: [{ text: '', compressed_file: 'nowhere.tar.gz' }] },
    },
    {
      title: 'gives an empty text for archives of another kind',
      parameters: { compressed_file_key: 'path' },
      text: 'before',
      fields: { path: 'paper.gz' },
      expect: { documents: [{ text: '', path: 'paper.gz' }] },
    },
    { title: 'fails on a document that names none', text: 'before', expect: { fail: true } },
  ],
  create({ compressed_file_key, separator, max_file_size, max_total_size }, context) {
    const readFile = readerOf(context)
    const limits = {
      file: max_file_size || Number.POSITIVE_INFINITY,
      total: max_total_size || Number.POSITIVE_INFINITY,
    }
    return (subject) => {
      const path = subject.field(compressed_file_key)
      if (typeof path !== 'string')
        throw new Failure('operator_failed', `The sample has no path under "${compressed_file_key}".`)
      return [{ text: sourcesIn(path, readFile, limits).join(separator) }]
    }
  },
})

type ReadFile = NonNullable<OperatorContext['readFile']>

function readerOf({ readFile }: OperatorContext): ReadFile {
  if (readFile) return readFile
  throw new Failure(
    'files_not_allowed',
    'latex_merge_tex_mapper reads files that documents name: set stream.allow_files to true if you trust the documents.',
  )
}

/** The LaTeX files of an archive; none for one that cannot be read. */
function sourcesIn(path: string, readFile: ReadFile, limits: Limits): string[] {
  const name = lower(path)
  const isZip = name.endsWith('.zip')
  if (!isZip && !/\.(?:tar|tar\.gz|tgz)$/.test(name)) return []
  const file = contentOf(path, readFile)
  if (!file) return []
  try {
    return sourcesOf(isZip ? zipMembers(file) : tarMembers(file), limits)
  } catch (thrown) {
    if (thrown instanceof ArchiveError) return []
    throw thrown
  }
}

function contentOf(path: string, readFile: ReadFile): Buffer | null {
  try {
    const bytes = readFile(path)
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  } catch {
    return null
  }
}

function sourcesOf(members: Iterable<ArchiveMember>, limits: Limits): string[] {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  const sources: string[] = []
  let total = 0
  for (const member of members) {
    if (!member.name.endsWith('.tex') || member.size > limits.file) continue
    if (total + member.size > limits.total) break
    const content = member.read()
    if (content.length > limits.file) continue
    total += content.length
    if (total > limits.total) break
    sources.push(decoder.decode(content))
  }
  return sources
}
