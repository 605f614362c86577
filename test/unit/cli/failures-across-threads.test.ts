import { once } from 'node:events'
import { Worker as Thread } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { classify } from '../../../topologies/failure.ts'

/** What a thread's error event brings here for an error with this name and code. */
async function thrownInThread(name: string, code: string): Promise<unknown> {
  const script = `throw Object.assign(new Error('No list.'), { name: '${name}', code: '${code}' })`
  const [thrown] = await once(new Thread(script, { eval: true }), 'error')
  return thrown
}

test('a Failure of another thread keeps its code, so that what trying again cannot mend is not tried again', async () => {
  const failure = classify(await thrownInThread('Failure', 'asset_missing'))
  expect(failure).toMatchObject({ code: 'asset_missing', message: 'No list.', retryable: false })
})

test('a foreign error is not taken for one by its code', async () => {
  expect(classify(await thrownInThread('TypeError', 'asset_missing')).code).toBe('unknown')
  expect(classify(await thrownInThread('Failure', 'no_such_code')).code).toBe('unknown')
})
