import { type Command, InvalidArgumentError } from 'commander'
import type { LetterChoice } from '../../pipeline/replay/choice.ts'

/** Options by which every command on dead letters chooses some. */
export interface ChoiceOptions {
  operator?: string
  code?: string
  stage?: string
  recipe?: string
  source?: string
  since?: number
  until?: number
  id?: string[]
}

const PLACE = /^\d{1,6}-\d{1,18}$/
const AGO = /^(\d{1,9})\s*(s|m|h|d|w)$/
const UNITS: Record<string, number> = { s: 1e3, m: 60e3, h: 3600e3, d: 86_400e3, w: 604_800e3 }

export function choiceOptions(command: Command): Command {
  return command
    .option('--operator <name>', 'only what failed in this operator; decode for what failed before the first')
    .option('--code <code>', 'only failures of this code')
    .option('--source <place>', 'only what came from this file, FILE:LINE, or DIRECTORY/')
    .option('--stage <name>', 'only what failed in this stage')
    .option('--recipe <fingerprint>', 'only what failed under this recipe, by the beginning of its fingerprint')
    .option('--since <when>', 'only what failed last at this time or later: 2026-11-24T08:00Z, or 2h ago as 2h', moment)
    .option('--until <when>', 'only what failed last before this time', moment)
}

export function choiceOf(options: ChoiceOptions): LetterChoice {
  const { id, operator, code, stage, recipe, source, since, until } = options
  const given = { ids: id, operator, code, stage, recipe, source, since, until }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}

/** Parses one more place of a dead letter, as `list` shows it. */
export function place(value: string, former: string[] = []): string[] {
  if (PLACE.test(value)) return [...former, value]
  throw new InvalidArgumentError('It must be PARTITION-OFFSET, such as 0-17.')
}

/** Parses a time, or how long ago it was: milliseconds since the epoch. */
export function moment(value: string): number {
  const [, amount, unit = ''] = AGO.exec(value) ?? []
  const time = amount === undefined ? Date.parse(value) : Date.now() - Number(amount) * (UNITS[unit] ?? 0)
  if (!Number.isNaN(time)) return time
  throw new InvalidArgumentError('It must be a time such as 2026-11-24T08:00Z, or how long ago: 30m, 2h, 7d.')
}
