import { z } from 'zod'
import { defineBatchMapper } from '../../../../topologies/operator.ts'
import { commonParameters } from '../../../../topologies/parameters.ts'
import { pythonMapper } from '../../python/sidecar-mapper.ts'

export default defineBatchMapper({
  name: 'python_file_mapper',
  summary: 'Applies a function of a Python file to every sample; needs Python and stream.allow_code.',
  parameters: commonParameters.extend({
    file_path: z
      .string()
      .default('')
      .describe('a file that ends in .py, relative to the working directory; empty leaves samples as they are'),
    function_name: z
      .string()
      .default('process_single')
      .describe('the function in it: one argument, the sample as a dict, and it gives a dict'),
    batched: z
      .boolean()
      .default(false)
      .describe('whether it takes and gives a dict of lists; here the lists always hold one sample'),
  }),
  quirks: [
    'What it returns is laid over the sample: a field that it leaves out stays.',
    'A batched function sees one sample at a time, so that its result does not depend on how documents are batched. When it gives none or several samples, only the fields that it returned are left.',
    'Every replica loads the file once and keeps it: a changed file counts from the next start.',
  ],
  examples: [
    { title: 'does nothing without a file', text: 'hello', expect: { keep: true } },
    {
      title: 'applies a function',
      parameters: { file_path: '{assets}/shout.py', function_name: 'shout' },
      text: 'hello',
      expect: { text: 'HELLO!' },
    },
  ],
  create({ file_path: file, function_name: name, batched }, context) {
    return pythonMapper({ source: { file, function: name }, batched }, context)
  },
})
