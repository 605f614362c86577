import { existsSync } from 'node:fs'
import { Failure } from 'millrace/failure'
import { defineTextMapper } from 'millrace/operator'
import { commonParameters } from 'millrace/parameters'
import { z } from 'zod'

/** Does what a text tells it to do to the thread or the process that it runs in; texts that tell nothing get a mark of their passage. */
export default defineTextMapper({
  name: 'dangerous_mapper',
  summary: 'Hangs, dies, runs out of memory or fails where the text says so.',
  parameters: commonParameters.extend({
    broken_while: z.string().nullish().describe('a file: while it exists every document fails'),
    unavailable_while: z
      .string()
      .nullish()
      .describe('a file: while it exists the operator says that it is not available'),
  }),
  examples: [{ title: 'marks a text', text: 'a', expect: { text: 'a!' } }],
  create({ broken_while: broken, unavailable_while: unavailable }) {
    return ({ value }) => {
      if (broken && existsSync(broken)) throw new Error('broken')
      if (unavailable && existsSync(unavailable)) throw new Failure('operator_unavailable', 'what it needs is gone')
      act(value)
      return `${value}!`
    }
  },
})

function act(text: string): void {
  if (text.includes('HANG')) for (;;) Math.random()
  if (text.includes('EXIT')) process.exit(3)
  if (text.includes('MEMORY')) for (const kept: unknown[] = []; ; ) kept.push(new Array(1e5).fill(text))
  if (text.includes('STACK')) act(text)
  if (text.includes('THROW')) throw new Error('thrown')
  if (text.includes('ABORT')) process.kill(process.pid, 'SIGKILL')
}
