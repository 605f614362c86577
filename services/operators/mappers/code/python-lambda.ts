import { z } from 'zod'
import { defineBatchMapper } from '../../../../topologies/operator.ts'
import { commonParameters } from '../../../../topologies/parameters.ts'
import { pythonMapper } from '../../python/sidecar-mapper.ts'

export default defineBatchMapper({
  name: 'python_lambda_mapper',
  summary: 'Applies a Python lambda of the recipe to every sample; needs Python and stream.allow_code.',
  parameters: commonParameters.extend({
    lambda_str: z
      .string()
      .default('')
      .describe('a lambda of one argument, the sample as a dict, that gives a dict; empty leaves samples as they are'),
    batched: z
      .boolean()
      .default(false)
      .describe('whether it takes and gives a dict of lists; here the lists always hold one sample'),
  }),
  quirks: [
    'What it returns is laid over the sample: a field that it leaves out stays.',
    'A batched lambda sees one sample at a time, so that its result does not depend on how documents are batched. When it gives none or several samples, only the fields that it returned are left.',
    'A sample on which the Python process dies, or that takes longer than a minute, fails alone.',
  ],
  examples: [
    {
      title: 'changes the text',
      parameters: { lambda_str: "lambda sample: {'text': sample['text'].upper()}" },
      text: 'hello',
      expect: { text: 'HELLO' },
    },
    {
      title: 'adds a field and leaves the others',
      parameters: { lambda_str: "lambda sample: {'length': len(sample['text'])}" },
      text: 'hello',
      fields: { origin: 'web' },
      expect: { documents: [{ text: 'hello', origin: 'web', length: 5 }] },
    },
    {
      title: 'makes two of one',
      parameters: { lambda_str: "lambda samples: {'text': samples['text'] * 2}", batched: true },
      text: 'hello',
      expect: { documents: [{ text: 'hello' }, { text: 'hello' }] },
    },
    {
      title: 'fails where the lambda raises',
      parameters: { lambda_str: "lambda sample: {'share': 1 / len(sample['text'])}" },
      text: '',
      expect: { fail: true },
    },
  ],
  create({ lambda_str: lambda, batched }, context) {
    return pythonMapper({ source: { lambda }, batched }, context)
  },
})
