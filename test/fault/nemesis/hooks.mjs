import { readFileSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

/**
 * Preloaded into processes under attack (NODE_OPTIONS=--import). On SIGUSR2 a process reads its order from a file named after
 * its id: to stand still for a while, as if something blocked its event loop, or to have its clock jump, once in a second, in every thread.
 */
const orders = process.env.MILLRACE_TEST_ORDERS
const ACTUAL = Date
let jump = 0

class JumpingDate extends ACTUAL {
  constructor(...given) {
    super(...(given.length === 0 ? [ACTUAL.now() + jump] : given))
  }

  static now() {
    return ACTUAL.now() + jump
  }
}

function orderOf(name) {
  try {
    return JSON.parse(readFileSync(`${orders}/${name}`, 'utf8'))
  } catch {
    return {}
  }
}

function standStill(milliseconds) {
  const until = performance.now() + milliseconds
  while (performance.now() < until);
}

if (orders) {
  globalThis.Date = JumpingDate
  const look = () => {
    jump = orderOf(`clock-${process.pid}`).jump ?? 0
  }
  setInterval(look, 1000).unref()
  if (isMainThread) process.on('SIGUSR2', () => standStill(orderOf(`stall-${process.pid}`).milliseconds ?? 0))
}
