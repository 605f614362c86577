import { expect, test } from 'vitest'
import { emptyTally } from '../../../services/worker/chain/tally.ts'
import { serveHealth } from '../../../services/worker/health.ts'
import { stageMetrics } from '../../../services/worker/metrics.ts'
import type { Stage } from '../../../topologies/topology.ts'

const operator = {
  index: 0,
  name: 'words_num_filter',
  parameters: {},
  textKey: 'text',
  onFailure: 'dead_letter' as const,
}
const stage: Stage = {
  name: '01-cpu',
  group: 'p.01-cpu',
  resource: 'cpu',
  replicas: 1,
  input: 'p.raw',
  output: 'p.refined',
  operators: [operator],
  first: true,
  last: true,
}

test('a worker is live at once, ready when its partitions flow, and shows the counts of its ledger to Prometheus', async () => {
  const metrics = stageMetrics('p', stage)
  let ready = false
  const health = await serveHealth({ port: 0, host: '127.0.0.1', ready: () => ready, metrics })
  const get = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${health.port}${path}`)
    return { status: response.status, text: await response.text() }
  }
  expect((await get('/live')).status).toBe(200)
  expect((await get('/ready')).status).toBe(503)
  ready = true
  expect((await get('/ready')).status).toBe(200)
  expect((await get('/elsewhere')).status).toBe(404)

  const tally = { ...emptyTally([operator]), documents: 5, output: 3, rejected: 2, bytes_in: 70 }
  tally.operators = [
    { ...operator, in: 5, kept: 3, dropped: { below_minimum: 2 }, failed: 0, skipped: 0, seconds: 0.25 },
  ]
  metrics.committed(0, tally, 9n)
  metrics.restarted(0, 'producer_fenced')
  const { text } = await get('/metrics')
  const labels = 'pipeline="p",stage="01-cpu"'
  expect(text).toContain(`millrace_documents_total{outcome="output",${labels}} 3`)
  expect(text).toContain(
    `millrace_operator_documents_total{operator="0_words_num_filter",outcome="dropped_below_minimum",${labels}} 2`,
  )
  expect(text).toContain(`millrace_operator_seconds_total{operator="0_words_num_filter",${labels}} 0.25`)
  expect(text).toContain(`millrace_lag_records{partition="0",${labels}} 9`)
  expect(text).toContain(`millrace_restarts_total{code="producer_fenced",${labels}} 1`)
  await health.close()
})
