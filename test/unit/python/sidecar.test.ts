import { afterEach, expect, test } from 'vitest'
import { PythonSidecar } from '../../../services/python/sidecar.ts'
import type { PythonFunction } from '../../../topologies/effects.ts'
import { Failure } from '../../../topologies/failure.ts'

const opened: PythonSidecar[] = []

afterEach(() => {
  for (const sidecar of opened.splice(0)) sidecar.close()
})

function sidecar(options: { command?: string; budget?: number } = {}): PythonSidecar {
  const made = new PythonSidecar({ command: 'python3', budget: 20, ...options })
  opened.push(made)
  return made
}

function lambda(source: string, from = sidecar()): PythonFunction {
  return from.python({ source: { lambda: source }, batched: false })
}

const samples = (...texts: string[]) => texts.map((text) => JSON.stringify({ text }))

async function texts(run: PythonFunction, ...given: string[]): Promise<string[]> {
  const replies = await run.call(samples(...given))
  return replies.map((reply) => (reply instanceof Failure ? reply.code : JSON.parse(reply).rows[0].text))
}

test('answers come in the order of the samples, many at a time', async () => {
  const given = Array.from({ length: 500 }, (_, i) => `text ${i}`)
  expect(await texts(lambda('lambda s: {"text": s["text"].upper()}'), ...given)).toEqual(
    given.map((text) => text.toUpperCase()),
  )
})

test('a sample on which the process dies fails alone, once, and the functions come back with the next process', async () => {
  const dies = `lambda s: __import__("os")._exit(7) if s["text"] == "die" else {"text": s["text"] + "!"}`
  const both = sidecar()
  const [first, second] = [lambda(dies, both), lambda('lambda s: {"text": "second"}', both)]
  expect(await texts(first, 'a', 'die', 'b', 'die', 'c')).toEqual([
    'a!',
    'operator_crashed',
    'b!',
    'operator_crashed',
    'c!',
  ])
  expect(await texts(second, 'a')).toEqual(['second'])
})

test('a sample that takes too long fails alone, and says so', async () => {
  const slow = lambda('lambda s: __import__("time").sleep(30) if s["text"] == "slow" else s', sidecar({ budget: 1 }))
  const replies = await slow.call(samples('a', 'slow', 'b'))
  expect(replies.map((reply) => (reply instanceof Failure ? reply.message : 'passed'))).toEqual([
    'passed',
    'The Python function took longer than 1 s, and its process was stopped.',
    'passed',
  ])
})

test('what a function prints does not get between the answers', async () => {
  const loud = lambda('lambda s: (print("x" * 9), __import__("sys").stdout.flush(), s)[2]')
  expect(await texts(loud, 'a', 'b')).toEqual(['a', 'b'])
})

test('what raises, or gives no dict, or what JSON cannot say, is the failure of its sample', async () => {
  const replies = await lambda('lambda s: eval(s["text"])').call(
    samples('1/0', '[1]', '{"a": {1, 2}}', '{"text": "fine"}'),
  )
  expect(replies.map((reply) => Object.keys(JSON.parse(String(reply)))[0])).toEqual([
    'failed',
    'failed',
    'failed',
    'rows',
  ])
})

test('a program that is none is refused when it is loaded', async () => {
  const refused = { code: 'parameters_invalid' }
  await expect(lambda('lambda a, b: a').ready()).rejects.toMatchObject(refused)
  await expect(lambda('print("x")').ready()).rejects.toMatchObject(refused)
  await expect(lambda('lambda s: (').ready()).rejects.toMatchObject(refused)
  const file = { source: { file: 'nowhere.py', function: 'f' }, batched: false }
  await expect(sidecar().python(file).ready()).rejects.toMatchObject(refused)
})

test('a machine without Python says so, for the program and for every sample', async () => {
  const run = lambda('lambda s: s', sidecar({ command: 'no-such-python' }))
  await expect(run.ready()).rejects.toMatchObject({ code: 'environment_missing' })
  expect(await texts(run, 'a', 'b')).toEqual(['environment_missing', 'environment_missing'])
})
