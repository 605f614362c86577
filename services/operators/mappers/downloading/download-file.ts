import pLimit from 'p-limit'
import { z } from 'zod'
import type { Exact } from '../../../../schemas/json/exact.ts'
import type { Downloader } from '../../../../topologies/effects.ts'
import { classify, Failure } from '../../../../topologies/failure.ts'
import { type Change, defineBatchMapper, type Subject } from '../../../../topologies/operator.ts'
import { commonParameters } from '../../../../topologies/parameters.ts'
import { contentsOf, type Fetch, type Fetched, fetchFile } from '../../downloads/fetch-file.ts'

export default defineBatchMapper({
  name: 'download_file_mapper',
  summary: 'Fetches the files that a field names, to a directory or into a field; needs stream.allow_downloads.',
  traits: { resource: 'remote' },
  parameters: commonParameters.extend({
    download_field: z
      .string()
      .nullish()
      .describe('field with an address, or a list of them; without it nothing happens'),
    save_dir: z.string().nullish().describe('directory for the files; their paths take the place of the addresses'),
    save_field: z
      .string()
      .nullish()
      .describe('field for the contents, in hexadecimal; image_bytes when save_dir is not given either'),
    resume_download: z
      .boolean()
      .default(false)
      .describe('whether a save_field that is there already is kept, and only what it lacks is fetched'),
    timeout: z.number().positive().default(30).describe('longest that one file may take, seconds'),
    max_concurrent: z.int().positive().default(10).describe('files fetched at the same time by one replica'),
    accept_single: z
      .boolean()
      .default(false)
      .describe('whether contents may be saved for a field that holds one address and no list (ours)'),
    distinct_names: z
      .boolean()
      .default(false)
      .describe('whether files are named after their whole address, so that equal base names do not meet (ours)'),
    keep_failed: z
      .boolean()
      .default(true)
      .describe('whether an address that cannot be fetched stays in its place; false: the document fails (ours)'),
  }),
  quirks: [
    'A file that cannot be fetched leaves its address where it was and null as its content.',
    'A file is named after the last part of its address, and one that exists is taken for it: two addresses with one base name give one file, unless distinct_names is set.',
    'An address that ends in a slash is replaced by the directory, and nothing is fetched, unless contents are saved or distinct_names is set.',
    'Contents cannot be saved for a field that holds one address and no list, unless accept_single is set.',
    'An address without http:// or the like is a local path: it needs stream.allow_files.',
    'Addresses of private networks and of this host are refused, unless stream.allow_downloads lists their hosts.',
  ],
  examples: [
    { title: 'does nothing without a field', text: 'hello', expect: { keep: true } },
    {
      title: 'leaves an address that may not be fetched',
      parameters: { download_field: 'url', save_dir: '{assets}' },
      text: 'hello',
      fields: { url: 'http://127.0.0.1/secret.txt' },
      expect: { documents: [{ text: 'hello', url: 'http://127.0.0.1/secret.txt' }] },
    },
    {
      title: 'keeps a local path',
      parameters: { download_field: 'files', save_dir: '{assets}' },
      text: 'hello',
      fields: { files: ['shout.py'] },
      expect: { documents: [{ text: 'hello', files: ['shout.py'] }] },
    },
  ],
  create(parameters, { download, readFile }) {
    if (!download) throw new Failure('downloads_not_allowed', NOT_ALLOWED)
    const limit = pLimit(parameters.max_concurrent)
    const limited: Downloader = (request) => limit(() => download(request))
    const fetch: Fetch = {
      download: limited,
      readFile,
      timeout: parameters.timeout,
      directory: parameters.save_dir ?? null,
      distinctNames: parameters.distinct_names,
    }
    const plan: Plan = {
      field: parameters.download_field ?? '',
      saveField: parameters.save_field || (parameters.save_dir ? null : 'image_bytes'),
      resume: parameters.resume_download,
      acceptSingle: parameters.accept_single,
      keepFailed: parameters.keep_failed,
      fetch,
    }
    return {
      ready: async () => undefined,
      close: async () => undefined,
      map: (subjects) =>
        Promise.all(subjects.map((subject) => changed(subject, plan).catch((thrown: unknown) => classify(thrown)))),
    }
  },
})

const NOT_ALLOWED =
  'download_file_mapper fetches what documents name on the network: set stream.allow_downloads to true, or to a list of hosts.'

interface Plan {
  field: string
  saveField: string | null
  resume: boolean
  acceptSingle: boolean
  keepFailed: boolean
  fetch: Fetch
}

async function changed(subject: Subject, plan: Plan): Promise<Change[]> {
  const keys = subject.keys()
  if (!keys.includes(plan.field)) return [{}]
  const named = subject.exact(plan.field) ?? null
  const addresses = Array.isArray(named) ? named : [named]
  const contents =
    plan.saveField === null
      ? null
      : contentsOf(subject, addresses.length, { ...plan, key: plan.saveField, single: !Array.isArray(named) })
  const fetched = await Promise.all(
    addresses.map((address, i) => fetchFile(address, contents === null ? false : contents[i] === null, plan.fetch)),
  )
  const failed = fetched.find((file): file is Fetched & { failure: Failure } => file.failure !== null)
  if (failed && !plan.keepFailed) throw failed.failure
  const fields: { [key: string]: Exact } = {}
  const shaped = (values: Exact[]) => (Array.isArray(named) ? values : (values[0] ?? null))
  if (plan.fetch.directory !== null) fields[plan.field] = shaped(fetched.map(({ place }) => place))
  if (plan.saveField !== null)
    fields[plan.saveField] = shaped(fetched.map(({ content }, i) => content ?? contents?.[i] ?? null))
  return [{ fields }]
}
