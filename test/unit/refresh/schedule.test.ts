import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { type Schedule, scheduled } from '../../../services/cli/refreshes/schedule.ts'

const directory = mkdtempSync(join(tmpdir(), 'millrace schedule-'))
const npm = join(directory, 'npm')
writeFileSync(npm, '#!/bin/sh\nprintf "%s\\n" "$MILLRACE_BROKERS" "$@"\n')
chmodSync(npm, 0o755)
const PATH = `${directory}:${process.env.PATH}`

const monthly: Schedule = {
  cron: '0 3 1 * *',
  pipeline: 'monthly.web',
  recipe: "recipes/it's monthly.yaml",
  directory,
  project: '/opt/millrace',
  output: null,
  brokers: 'kafka:9092',
}

const cronJob = z.object({
  apiVersion: z.literal('batch/v1'),
  kind: z.literal('CronJob'),
  metadata: z.object({ name: z.string().regex(/^[a-z0-9-]{1,52}$/) }),
  spec: z.object({
    schedule: z.string(),
    concurrencyPolicy: z.literal('Forbid'),
    jobTemplate: z.object({
      spec: z.object({
        template: z.object({
          spec: z.object({
            restartPolicy: z.literal('OnFailure'),
            containers: z.tuple([
              z.object({ command: z.array(z.string()), args: z.array(z.string()), env: z.array(z.looseObject({})) }),
            ]),
          }),
        }),
      }),
    }),
  }),
})

describe('the line for crontab', () => {
  test('begins with the five fields, and runs the refresh of the month where the user stood', () => {
    const { crontab } = scheduled(monthly)
    const [, fields, command = ''] = /^((?:\S+ ){5})(.*)$/.exec(crontab) ?? []
    expect(fields).toBe('0 3 1 * * ')
    expect(command).not.toMatch(/(?<!\\)%/)
    execFileSync('/bin/sh', ['-c', command.replaceAll('\\%', '%')], { env: { PATH } })
    const said = execFileSync('cat', [join(directory, 'monthly.web.refresh.log')], { encoding: 'utf8' })
    expect(said.trimEnd().split('\n')).toEqual([
      'kafka:9092',
      ...['--prefix', '/opt/millrace', 'run', '-s', 'millrace', '--', 'refresh', "recipes/it's monthly.yaml"],
      ...['--name', expect.stringMatching(/^\d{4}-\d\d$/)],
    ])
  })

  test('says where the files go when the recipe does not', () => {
    expect(scheduled({ ...monthly, output: 'my files' }).crontab).toContain("--output 'my files'")
  })
})

describe('the CronJob', () => {
  const shell = (job: string) => {
    const { spec } = cronJob.parse(parse(scheduled(monthly).cronjob))
    const [{ command, args }] = spec.jobTemplate.spec.template.spec.containers
    const [program = '', ...options] = command
    return execFileSync(program, [...options, ...args], { env: { PATH, JOB: job }, encoding: 'utf8' })
  }

  test('is one that Kubernetes can read', () => {
    const { metadata, spec } = cronJob.parse(parse(scheduled(monthly).cronjob))
    expect(metadata.name).toBe('monthly-web-refresh')
    expect(spec.schedule).toBe('0 3 1 * *')
  })

  test('names a refresh after the time for which its job was meant, however late it is', () => {
    const minutes = Date.UTC(2026, 10, 1, 3, 0) / 60_000
    expect(shell(`monthly-web-refresh-${minutes}`)).toContain('\n--name\n2026-11\n')
  })

  test('names a refresh that somebody starts by hand after the day', () => {
    expect(shell('by-hand')).toContain(`\n--name\n${new Date().toISOString().slice(0, 7)}\n`)
  })
})

describe('a schedule', () => {
  test.each([
    ['0 3 1 * *', '%Y-%m'],
    ['30 2 1 JAN,jul *', '%Y-%m'],
    ['0 3 * * MON', '%Y-%m-%d'],
    ['0 3 1,15 * *', '%Y-%m-%d'],
    ['0 */6 * * *', '%Y-%m-%dT%H%M'],
    ['5-55/10 3 1 * *', '%Y-%m-%dT%H%M'],
  ])('of %s gives names as fine as %s', (cron, format) => {
    expect(scheduled({ ...monthly, cron }).name_format).toBe(format)
  })

  test.each([
    '',
    '0 3 1 *',
    '60 3 1 * *',
    '0 24 1 * *',
    '0 3 0 * *',
    '0 3 1 13 *',
    '0 3 1 * 8',
    '0 5-3 * * *',
    'x 3 1 * *',
    '*/0 3 1 * *',
    '@monthly',
    '0 3 1 * * root',
  ])('of "%s" is refused', (cron) => {
    expect(() => scheduled({ ...monthly, cron })).toThrow(expect.objectContaining({ code: 'usage' }))
  })
})
