import { Failure } from '../../../topologies/failure.ts'

/** When a refresh is made, and of what. */
export interface Schedule {
  /** Five fields as crontab(5) has them. */
  cron: string
  pipeline: string
  /** The recipe's path as the user gave it. */
  recipe: string
  /** The user's directory and that of Millrace, absolute. */
  directory: string
  project: string
  /** Where the files go; null where the recipe says it. */
  output: string | null
  brokers: string
}

export interface Scheduled {
  /** As date(1) takes it: what each refresh is called. */
  name_format: string
  crontab: string
  cronjob: string
}

interface Field {
  name: string
  from: number
  to: number
  words?: readonly string[]
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC']
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT']
const FIELDS: readonly Field[] = [
  { name: 'minute', from: 0, to: 59 },
  { name: 'hour', from: 0, to: 23 },
  { name: 'day of the month', from: 1, to: 31 },
  { name: 'month', from: 1, to: 12, words: MONTHS },
  { name: 'day of the week', from: 0, to: 7, words: DAYS },
]
const PART = /^(?:\*|(\w+)(?:-(\w+))?)(?:\/(\d+))?$/

/** What makes a refresh at these times: a line for crontab, and a CronJob for Kubernetes. Throws Failure `usage` for a wrong schedule. */
export function scheduled(schedule: Schedule): Scheduled {
  const fields = schedule.cron.trim().split(/\s+/)
  requireFields(fields)
  const format = nameFormat(fields)
  return {
    name_format: format,
    crontab: crontab(schedule, fields.join(' '), format),
    cronjob: cronJob(schedule, fields.join(' '), format),
  }
}

function requireFields(fields: readonly string[]): void {
  if (fields.length !== FIELDS.length)
    throw new Failure(
      'usage',
      `"${fields.join(' ')}" is no schedule: it takes five fields, minute hour day month weekday, as "0 3 1 * *" for the first of every month at three.`,
    )
  for (const [at, field] of FIELDS.entries()) {
    const wrong = (fields[at] ?? '').split(',').find((part) => !isPart(part, field))
    if (wrong === undefined) continue
    throw new Failure(
      'usage',
      `"${wrong}" is no ${field.name} of a schedule: it goes from ${field.from} to ${field.to}.`,
    )
  }
}

function isPart(part: string, field: Field): boolean {
  const found = PART.exec(part)
  if (!found) return false
  const [, first, last, step] = found
  if (step !== undefined && Number(step) < 1) return false
  const numbers = [first, last].flatMap((word) => (word === undefined ? [] : [numberOf(word, field)]))
  const [low = field.from, high = low] = numbers
  return numbers.every((number) => number >= field.from && number <= field.to) && low <= high
}

function numberOf(word: string, { words, from }: Field): number {
  const at = words?.indexOf(word.toUpperCase()) ?? -1
  if (at >= 0) return at + from
  return /^\d+$/.test(word) ? Number(word) : Number.NaN
}

/** As fine as the schedule is, so that each time has a name of its own, and the same one when it is tried again. */
function nameFormat([minute = '', hour = '', day = '', , weekday = '']: readonly string[]): string {
  const once = (field: string) => /^\w+$/.test(field)
  if (!once(minute) || !once(hour)) return '%Y-%m-%dT%H%M'
  return once(day) && weekday === '*' ? '%Y-%m' : '%Y-%m-%d'
}

function crontab({ recipe, directory, project, output, brokers, pipeline }: Schedule, cron: string, format: string) {
  const command = [
    `cd ${quoted(directory)}`,
    [
      `MILLRACE_BROKERS=${quoted(brokers)} npm --prefix ${quoted(project)} run -s millrace -- refresh ${quoted(recipe)}`,
      `--name "$(date +${format})"`,
      ...(output === null ? [] : [`--output ${quoted(output)}`]),
      `>> ${quoted(`${pipeline}.refresh.log`)} 2>&1`,
    ].join(' '),
  ].join(' && ')
  // To crontab a bare percent sign is the end of the line.
  return `${cron} ${command.replaceAll('%', '\\%')}`
}

function quoted(word: string): string {
  return /^[\w./:,@+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

/** The name is that of the time for which the job was meant, which stands in its own name, so that a pod that is tried again goes on. */
function cronJob({ pipeline, recipe, output, brokers }: Schedule, cron: string, format: string): string {
  const name = pipeline.replace(/[^a-z0-9-]+/g, '-').slice(0, 40)
  const file = recipe.slice(recipe.lastIndexOf('/') + 1)
  return `# kubectl create configmap ${name}-recipe --from-file=${quoted(recipe)}
apiVersion: batch/v1
kind: CronJob
metadata:
  name: ${name}-refresh
spec:
  schedule: ${JSON.stringify(cron)}
  timeZone: Etc/UTC
  # A refresh begins when the one before it is done.
  concurrencyPolicy: Forbid
  jobTemplate:
    spec:
      # One that dies is continued, not made anew.
      backoffLimit: 10
      template:
        spec:
          restartPolicy: OnFailure
          containers:
            - name: refresh
              # An image of your own that has Millrace in /millrace.
              image: millrace:latest
              workingDir: /data
              command: [sh, -c]
              args:
                - |
                  case "\${JOB##*-}" in
                    *[!0-9]*|'') at=$(date +%s) ;;
                    *) at=$(( \${JOB##*-} * 60 )) ;;
                  esac
                  exec npm --prefix /millrace run -s millrace -- refresh ${quoted(`/recipes/${file}`)} \\
                    --name "$(date -u -d @$at +${format})"${output === null ? '' : ` --output ${quoted(output)}`}
              env:
                - name: JOB
                  valueFrom: { fieldRef: { fieldPath: "metadata.labels['job-name']" } }
                - { name: MILLRACE_BROKERS, value: ${JSON.stringify(brokers)} }
                # Indexes keep their stores here: they can be made anew from their logs, which takes its time.
                - { name: MILLRACE_HOME, value: /data/.millrace }
              volumeMounts:
                - { name: recipe, mountPath: /recipes }
                - { name: data, mountPath: /data }
          volumes:
            - { name: recipe, configMap: { name: ${name}-recipe } }
            - { name: data, persistentVolumeClaim: { claimName: ${name}-data } }
`
}
