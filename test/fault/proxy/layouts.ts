/** How the requests of Kafka's protocol and their answers are laid out, in the versions that kafkajs speaks: kafka.apache.org/protocol. */

export type Primitive = 'boolean' | 'int8' | 'int16' | 'int32' | 'int64' | 'string' | 'bytes'
export type Type = Primitive | { each: Layout } | { list: Primitive }
export type Layout = readonly (readonly [name: string, type: Type])[]

/** One request of the protocol. `version`: the only one that is understood. */
export interface Api {
  key: number
  version: number
  request: Layout
  answer: Layout
}

/** Topics with one entry per partition, whose fields these are. */
function perPartition(name: string, fields: Layout): readonly [string, Type] {
  return [
    name,
    {
      each: [
        ['name', 'string'],
        ['partitions', { each: [['index', 'int32'], ...fields] }],
      ],
    },
  ]
}

const TOPICS: readonly [string, Type] = [
  'topics',
  {
    each: [
      ['name', 'string'],
      ['partitions', { list: 'int32' }],
    ],
  },
]
const PRODUCER: Layout = [
  ['producer_id', 'int64'],
  ['producer_epoch', 'int16'],
]
const MEMBER: Layout = [
  ['group', 'string'],
  ['generation', 'int32'],
  ['member', 'string'],
  ['instance', 'string'],
]
const ERROR: Layout = [['error_code', 'int16']]
const THROTTLE: Layout = [['throttle_time_ms', 'int32']]
const PLAIN: Layout = [...THROTTLE, ...ERROR]

export const APIS = {
  Produce: {
    key: 0,
    version: 7,
    request: [
      ['transactional_id', 'string'],
      ['acks', 'int16'],
      ['timeout', 'int32'],
      perPartition('topics', [['records', 'bytes']]),
    ],
    answer: [
      perPartition('topics', [
        ...ERROR,
        ['base_offset', 'int64'],
        ['log_append_time', 'int64'],
        ['log_start_offset', 'int64'],
      ]),
      ...THROTTLE,
    ],
  },
  Fetch: {
    key: 1,
    version: 11,
    request: [
      ['replica', 'int32'],
      ['max_wait', 'int32'],
      ['min_bytes', 'int32'],
      ['max_bytes', 'int32'],
      ['isolation', 'int8'],
      ['session', 'int32'],
      ['session_epoch', 'int32'],
      perPartition('topics', [
        ['leader_epoch', 'int32'],
        ['offset', 'int64'],
        ['log_start_offset', 'int64'],
        ['max_bytes', 'int32'],
      ]),
      ['forgotten', TOPICS[1]],
      ['rack', 'string'],
    ],
    answer: [
      ...THROTTLE,
      ...ERROR,
      ['session', 'int32'],
      perPartition('topics', [
        ...ERROR,
        ['high_watermark', 'int64'],
        ['last_stable_offset', 'int64'],
        ['log_start_offset', 'int64'],
        [
          'aborted',
          {
            each: [
              ['producer_id', 'int64'],
              ['first_offset', 'int64'],
            ],
          },
        ],
        ['preferred_replica', 'int32'],
        ['records', 'bytes'],
      ]),
    ],
  },
  ListOffsets: {
    key: 2,
    version: 3,
    request: [['replica', 'int32'], ['isolation', 'int8'], perPartition('topics', [['timestamp', 'int64']])],
    answer: [...THROTTLE, perPartition('topics', [...ERROR, ['timestamp', 'int64'], ['offset', 'int64']])],
  },
  Metadata: {
    key: 3,
    version: 6,
    request: [
      ['topics', { list: 'string' }],
      ['auto_create', 'boolean'],
    ],
    answer: [
      ...THROTTLE,
      [
        'brokers',
        {
          each: [
            ['node', 'int32'],
            ['host', 'string'],
            ['port', 'int32'],
            ['rack', 'string'],
          ],
        },
      ],
      ['cluster', 'string'],
      ['controller', 'int32'],
      [
        'topics',
        {
          each: [
            ...ERROR,
            ['name', 'string'],
            ['internal', 'boolean'],
            [
              'partitions',
              {
                each: [
                  ...ERROR,
                  ['index', 'int32'],
                  ['leader', 'int32'],
                  ['replicas', { list: 'int32' }],
                  ['in_sync', { list: 'int32' }],
                  ['offline', { list: 'int32' }],
                ],
              },
            ],
          ],
        },
      ],
    ],
  },
  OffsetFetch: {
    key: 9,
    version: 4,
    request: [['group', 'string'], TOPICS],
    answer: [...THROTTLE, perPartition('topics', [['offset', 'int64'], ['metadata', 'string'], ...ERROR]), ...ERROR],
  },
  FindCoordinator: {
    key: 10,
    version: 2,
    request: [
      ['id', 'string'],
      ['kind', 'int8'],
    ],
    answer: [...PLAIN, ['message', 'string'], ['node', 'int32'], ['host', 'string'], ['port', 'int32']],
  },
  JoinGroup: {
    key: 11,
    version: 5,
    request: [
      ['group', 'string'],
      ['session_timeout', 'int32'],
      ['rebalance_timeout', 'int32'],
      ['member', 'string'],
      ['instance', 'string'],
      ['kind', 'string'],
      [
        'protocols',
        {
          each: [
            ['name', 'string'],
            ['metadata', 'bytes'],
          ],
        },
      ],
    ],
    answer: [
      ...PLAIN,
      ['generation', 'int32'],
      ['protocol', 'string'],
      ['leader', 'string'],
      ['member', 'string'],
      [
        'members',
        {
          each: [
            ['member', 'string'],
            ['instance', 'string'],
            ['metadata', 'bytes'],
          ],
        },
      ],
    ],
  },
  Heartbeat: { key: 12, version: 3, request: MEMBER, answer: PLAIN },
  SyncGroup: {
    key: 14,
    version: 3,
    request: [
      ...MEMBER,
      [
        'assignments',
        {
          each: [
            ['member', 'string'],
            ['assignment', 'bytes'],
          ],
        },
      ],
    ],
    answer: [...PLAIN, ['assignment', 'bytes']],
  },
  InitProducerId: {
    key: 22,
    version: 1,
    request: [
      ['transactional_id', 'string'],
      ['timeout', 'int32'],
    ],
    answer: [...PLAIN, ...PRODUCER],
  },
  AddPartitionsToTxn: {
    key: 24,
    version: 1,
    request: [['transactional_id', 'string'], ...PRODUCER, TOPICS],
    answer: [...THROTTLE, perPartition('topics', ERROR)],
  },
  AddOffsetsToTxn: {
    key: 25,
    version: 1,
    request: [['transactional_id', 'string'], ...PRODUCER, ['group', 'string']],
    answer: PLAIN,
  },
  EndTxn: {
    key: 26,
    version: 1,
    request: [['transactional_id', 'string'], ...PRODUCER, ['committed', 'boolean']],
    answer: PLAIN,
  },
  TxnOffsetCommit: {
    key: 28,
    version: 1,
    request: [
      ['transactional_id', 'string'],
      ['group', 'string'],
      ...PRODUCER,
      perPartition('topics', [
        ['offset', 'int64'],
        ['metadata', 'string'],
      ]),
    ],
    answer: [...THROTTLE, perPartition('topics', ERROR)],
  },
} as const satisfies Record<string, Api>

export type ApiName = keyof typeof APIS

const BY_KEY = new Map<number, ApiName>(Object.entries(APIS).map(([name, { key }]) => [key, name as ApiName]))

/** The name of a request that is understood here; null for others, which pass as they are. */
export function apiOf(key: number): ApiName | null {
  return BY_KEY.get(key) ?? null
}
