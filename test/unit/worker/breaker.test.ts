import { expect, test } from 'vitest'
import { Breaker } from '../../../services/worker/chain/breaker.ts'
import { Failure } from '../../../topologies/failure.ts'

const failed = new Failure('operator_failed', 'a document')
const gone = new Failure('operator_unavailable', 'the endpoint')

test('failures in a row open it, and a success between them begins the count again', () => {
  const breaker = new Breaker({ failures: 3, coolDown: 1000 })
  expect([breaker.failed(failed, 0), breaker.failed(failed, 0)]).toEqual([false, false])
  breaker.succeeded()
  expect([1, 2, 3].map(() => breaker.failed(failed, 0))).toEqual([false, false, true])
})

test('an operator that says that it is not available opens it at once', () => {
  const breaker = new Breaker({ failures: 3, coolDown: 1000 })
  expect(breaker.failed(gone, 0)).toBe(true)
})

test('open, it lets nothing through before the cool-down; then one failure opens it again, one success closes it', () => {
  const breaker = new Breaker({ failures: 1, coolDown: 1000 })
  breaker.failed(failed, 0)
  expect([breaker.permits(999), breaker.permits(1000)]).toEqual([false, true])
  expect(breaker.failed(failed, 1000)).toBe(true)
  expect(breaker.permits(1999)).toBe(false)
  breaker.succeeded()
  expect(breaker.permits(1999)).toBe(true)
})
