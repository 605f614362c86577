import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import {
  claimState,
  isRunning,
  type PipelineState,
  readState,
  removeState,
  runningPipelines,
  statePath,
  supervisorMark,
} from '../../../services/cli/supervision/state.ts'
import { scratchDirectory } from '../../support/command-line.ts'
import { topologyOf } from '../../support/pipelines.ts'

const topology = topologyOf('project_name: one\nprocess: []\n')
const children: ChildProcess[] = []

beforeEach(() => {
  vi.stubEnv('MILLRACE_HOME', scratchDirectory())
})

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  vi.unstubAllEnvs()
})

/** A process that does nothing but look like the supervisor of a pipeline. */
function supervisor(pipeline: string): number {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)', '--', supervisorMark(pipeline)])
  children.push(child)
  return child.pid ?? 0
}

function state(pid: number, pipeline = 'one'): PipelineState {
  return {
    pipeline,
    pid,
    recipe: '/r.yaml',
    broker: 'b',
    started: '2026-01-01T00:00:00Z',
    topology,
    services: [],
    failure: null,
  }
}

test('the first to claim a pipeline gets it, and the second learns who has it', async () => {
  const first = state(supervisor('one'))
  expect(await claimState(first)).toBeNull()
  expect((await claimState(state(supervisor('one'))))?.pid).toBe(first.pid)
  expect((await readState('one'))?.pid).toBe(first.pid)
  expect(await runningPipelines()).toEqual(['one'])
})

test('of many that claim at once exactly one gets it', async () => {
  const claims = await Promise.all(Array.from({ length: 5 }, async () => claimState(state(supervisor('one')))))
  expect(claims.filter((other) => other === null)).toHaveLength(1)
})

test('what a dead supervisor left is taken over', async () => {
  const dead = supervisor('one')
  await claimState(state(dead))
  const [child] = children
  child?.kill('SIGKILL')
  if (child) await once(child, 'exit')
  const next = state(supervisor('one'))
  expect(await claimState(next)).toBeNull()
  expect((await readState('one'))?.pid).toBe(next.pid)
})

test('another program that got the process id is not taken for the supervisor', async () => {
  expect(await isRunning(state(process.pid))).toBe(false)
  expect(await isRunning(state(supervisor('two'), 'one'))).toBe(false)
})

test('a state that is torn or removed counts as none', async () => {
  mkdirSync(dirname(statePath('one')), { recursive: true })
  writeFileSync(statePath('one'), '{"pipeline":"one","pid"')
  expect(await readState('one')).toBeNull()
  expect(await claimState(state(supervisor('one')))).toBeNull()
  await removeState('one')
  expect(await readState('one')).toBeNull()
})
