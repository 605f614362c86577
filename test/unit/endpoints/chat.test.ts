import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { chatModels } from '../../../services/endpoints/chat.ts'
import type { ChatModel, Endpoint } from '../../../topologies/effects.ts'
import { FakeEndpoint, type Fault } from '../../support/endpoints/fake-endpoint.ts'

const fake = { endpoint: new FakeEndpoint(), url: '' }
let home = ''

beforeEach(async () => {
  fake.endpoint = new FakeEndpoint()
  fake.url = await fake.endpoint.open()
  home = mkdtempSync(join(tmpdir(), 'endpoints-'))
})
afterEach(async () => {
  await fake.endpoint.close()
  rmSync(home, { recursive: true })
})

const ENDPOINT: Endpoint = {
  asker: 'a_mapper',
  model: 'm',
  baseUrl: null,
  path: '/chat/completions',
  responsePath: null,
  key: null,
  sampling: {},
  timeout: 0.3,
  retries: 3,
  concurrency: 4,
  requestsPerMinute: null,
  budget: null,
  remember: false,
}

function model(endpoint: Partial<Endpoint> = {}, env: Record<string, string> = {}): ChatModel {
  return chatModels({ allowed: false, home, env: { OPENAI_BASE_URL: fake.url, ...env } })({ ...ENDPOINT, ...endpoint })
}

const ask = (asked: ChatModel, question = 'Well?', attempt = 0) =>
  asked.ask([{ role: 'user', content: question }], attempt)

describe('asking a model', () => {
  it('posts the messages, the model and the sampling parameters, with the key', async () => {
    await ask(model({ sampling: { temperature: 0.5 } }, { OPENAI_API_KEY: 'secret' }))
    expect(fake.endpoint.asked).toEqual([
      {
        path: '/v1/chat/completions',
        authorization: 'Bearer secret',
        body: { model: 'm', messages: [{ role: 'user', content: 'Well?' }], temperature: 0.5 },
      },
    ])
  })

  it('does not send the key of whoever runs the recipe to an endpoint of the recipe, unless it asks for that key', async () => {
    const elsewhere = { OPENAI_BASE_URL: 'http://127.0.0.1:9/v1', OPENAI_API_KEY: 'secret' }
    const named = (key: string | null) =>
      chatModels({ allowed: true, home, env: elsewhere })({ ...ENDPOINT, baseUrl: fake.url, key })
    await ask(named(null))
    await ask(named('env:OPENAI_API_KEY'))
    expect(fake.endpoint.asked.map(({ authorization }) => authorization)).toEqual([undefined, 'Bearer secret'])
  })

  it('gives the answer, or what stands at another path', async () => {
    fake.endpoint.answer = () => 'Well!'
    expect(await ask(model())).toBe('Well!')
    expect(await ask(model({ responsePath: 'choices.0.finish_reason' }))).toBe('stop')
  })

  it('asks the first model that the endpoint lists where none is named', async () => {
    await ask(model({ model: null }))
    expect(fake.endpoint.asked[0]?.body.model).toBe('first-model')
  })

  it('speaks the protocol of responses where the path says so', async () => {
    await ask(model({ path: 'responses', responsePath: 'choices.0.message.content' }))
    expect(fake.endpoint.asked[0]?.body).toEqual({ model: 'm', input: [{ role: 'user', content: 'Well?' }] })
  })

  it('sends no more requests at a time than it may', async () => {
    fake.endpoint.delay = 20
    const asked = model({ concurrency: 2 })
    await Promise.all(Array.from({ length: 8 }, (_, i) => ask(asked, `Question ${i}`)))
    expect(fake.endpoint.mostAtOnce).toBe(2)
  })

  it('keeps to its requests a minute', async () => {
    const asked = model({ requestsPerMinute: 1_200 })
    const start = performance.now()
    await Promise.all(Array.from({ length: 4 }, (_, i) => ask(asked, `Question ${i}`)))
    expect(performance.now() - start).toBeGreaterThan(145)
  })
})

describe('an endpoint that fails', () => {
  it('is asked again when it says that it is busy, after the time that it names', async () => {
    fake.endpoint.faults = ['busy', 'busy']
    const start = performance.now()
    expect(await ask(model())).toBe('yes')
    expect(fake.endpoint.asked).toHaveLength(3)
    expect(performance.now() - start).toBeGreaterThan(95)
  })

  it('keeps all others waiting too while it is busy', async () => {
    fake.endpoint.faults = ['busy']
    fake.endpoint.retryAfter = '0.2'
    const asked = model({ concurrency: 1 })
    const start = performance.now()
    await Promise.all([ask(asked, 'one'), ask(asked, 'two')])
    expect(performance.now() - start).toBeGreaterThan(190)
    expect(fake.endpoint.asked).toHaveLength(3)
  })

  it('is out of order when it is busy for too long', async () => {
    fake.endpoint.outage = 'busy'
    await expect(ask(model({ retries: 1 }))).rejects.toMatchObject({ code: 'operator_unavailable' })
    fake.endpoint.retryAfter = '3600'
    await expect(ask(model())).rejects.toThrow('asks to wait 3600 s')
  })

  it.each<[Fault, string]>([
    ['broken', 'answers 500: Out of order.'],
    ['silent', 'no whole answer within 0.3 s'],
    ['drip', 'no whole answer within 0.3 s'],
    ['half', 'answers with broken JSON'],
    ['reset', 'does not answer'],
    ['elsewhere', 'answers 307'],
    ['locked', 'Look at the key in OPENAI_API_KEY'],
    ['unknown', 'Look at the address and at the name of the model'],
  ])('that is %s is out of order for the moment', async (fault, sentence) => {
    fake.endpoint.faults = [fault]
    const asked = model()
    const failure = ask(asked)
    await expect(failure).rejects.toMatchObject({ code: 'operator_unavailable', retryable: true })
    await expect(failure).rejects.toThrow(sentence)
    expect(await ask(asked)).toBe('yes')
  })

  it('that tells the key that it was sent is not quoted with it', async () => {
    fake.endpoint.faults = ['locked']
    const failure = ask(model({}, { OPENAI_API_KEY: 'secret-key' }))
    await expect(failure).rejects.toThrow('Wrong key: Bearer ***.')
  })

  it('refuses a document that is not to its liking', async () => {
    fake.endpoint.faults = ['refuses']
    const failure = ask(model())
    await expect(failure).rejects.toMatchObject({ code: 'request_refused', retryable: false })
    await expect(failure).rejects.toThrow('longer than the context')
  })

  it('gives no answer where it replies in another form', async () => {
    fake.endpoint.faults = ['strange']
    await expect(ask(model())).rejects.toMatchObject({ code: 'answer_unusable' })
  })

  it('is left alone for a while when it fails again and again', async () => {
    fake.endpoint.outage = 'reset'
    const asked = model({ concurrency: 2 })
    const all = await Promise.allSettled(Array.from({ length: 200 }, (_, i) => ask(asked, `Question ${i}`)))
    expect(all.every(({ status }) => status === 'rejected')).toBe(true)
    expect(fake.endpoint.asked.length).toBeLessThan(20)
  })
})

describe('answers that were paid for', () => {
  it('are not paid twice, whoever asks', async () => {
    await ask(model({ remember: true }))
    await ask(model({ remember: true }))
    expect(fake.endpoint.asked).toHaveLength(1)
  })

  it('are asked for once when equal questions come at one time', async () => {
    fake.endpoint.delay = 20
    const asked = model()
    await Promise.all([ask(asked), ask(asked), ask(asked)])
    expect(fake.endpoint.asked).toHaveLength(1)
  })

  it('are asked for anew in the next attempt, with other parameters, and of another model', async () => {
    await ask(model({ remember: true }))
    await ask(model({ remember: true }), 'Well?', 1)
    await ask(model({ remember: true, sampling: { seed: 2 } }))
    await ask(model({ remember: true, model: 'n' }))
    expect(fake.endpoint.asked).toHaveLength(4)
  })

  it('count on a budget, which all who ask share and which outlives them', async () => {
    const budget = { name: 'month', requests: 3, tokens: null, cost: null, prices: null }
    await ask(model({ budget }), 'one')
    await ask(model({ budget }), 'two')
    const both = await Promise.allSettled([ask(model({ budget }), 'three')])
    expect(both[0]?.status).toBe('fulfilled')
    await expect(ask(model({ budget }), 'four')).rejects.toMatchObject({ code: 'budget_spent' })
    expect(fake.endpoint.asked).toHaveLength(3)
    await ask(model({ budget: { ...budget, name: 'next month' } }), 'four')
  })

  it('count by their tokens and prices', async () => {
    const budget = { name: null, requests: null, tokens: 150, cost: null, prices: null }
    await ask(model({ budget }), 'one')
    await ask(model({ budget }), 'two')
    await expect(ask(model({ budget }), 'three')).rejects.toThrow('150 tokens')
    // 100 tokens of a question and 10 of its answer
    const cost = { name: 'cost', requests: null, tokens: null, cost: 0.0002, prices: { prompt: 1, completion: 10 } }
    await ask(model({ budget: cost }), 'one')
    await expect(ask(model({ budget: cost }), 'two')).rejects.toThrow('a cost of 0.0002')
  })

  it('cost nothing where there was no answer', async () => {
    const budget = { name: null, requests: 1, tokens: null, cost: null, prices: null }
    fake.endpoint.faults = ['broken']
    const asked = model({ budget })
    await expect(ask(asked)).rejects.toMatchObject({ code: 'operator_unavailable' })
    expect(await ask(asked)).toBe('yes')
  })
})
