import type { DeadLetter } from '../../../../schemas/dead-letter.ts'
import type { FiledLetter } from '../../../../services/pipeline/replay/filed-letter.ts'

/** A dead letter at 0-17, of the first of two stages of the pipeline p. */
export function filed(letter: Partial<DeadLetter>, record: Partial<FiledLetter['record']> = {}): FiledLetter {
  const whole: DeadLetter = {
    pipeline: 'p',
    recipe: 'r',
    stage: '01-cpu',
    operator: 'a_mapper',
    operator_index: 1,
    code: 'operator_failed',
    message: '',
    stack: null,
    topic: 'p.raw',
    partition: 3,
    offset: 9n,
    timestamp: 7,
    attempts: 1,
    first_time: 100,
    last_time: 100,
    document: '3-9',
    source: 'in/a.jsonl:7',
    resumable: true,
    before: null,
    stage_start: 0,
    displaced: {},
    ...letter,
  }
  return {
    id: '0-17',
    partition: 0,
    offset: 17n,
    letter: whole,
    record: { offset: 17n, timestamp: 5, key: null, value: Buffer.from('{"text":"t"}'), headers: {}, ...record },
  }
}
