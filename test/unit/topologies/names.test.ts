import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  channelTopic,
  groupName,
  lastingTopics,
  legalName,
  pipelineNameFault,
  stageName,
  topicNameFault,
  transactionalId,
} from '../../../topologies/names.ts'

describe('names on Kafka', () => {
  it('are spelled as tools from outside expect them', () => {
    expect(lastingTopics('news')).toEqual({
      raw: 'news.raw',
      refined: 'news.refined',
      rejected: 'news.rejected',
      deadLetters: 'news.dead-letters',
      ledger: 'news.ledger',
    })
    expect(channelTopic('news', '02-gpu')).toBe('news.02-gpu.in')
    expect(groupName('news', '02-gpu')).toBe('news.02-gpu')
    expect(transactionalId('news.01-cpu', 'news.raw', 3)).toBe('news.01-cpu.news.raw.3')
  })

  it('a stage of one operator is named after it, a stage of several after what it needs', () => {
    expect(stageName(3, 'cpu', [{ name: 'clean_email_mapper' }])).toBe('03-clean-email-mapper')
    expect(stageName(1, 'gpu', [{ name: 'a' }, { name: 'b' }])).toBe('01-gpu')
    expect(stageName(12, 'cpu', [])).toBe('12-cpu')
  })

  it('a topic has at most 249 characters of the legal ones', () => {
    expect(topicNameFault('a'.repeat(249))).toBeNull()
    expect(topicNameFault('a'.repeat(250))).toContain('at most 249')
    expect(topicNameFault('a b')).not.toBeNull()
    expect(topicNameFault('')).not.toBeNull()
    expect(topicNameFault('..')).not.toBeNull()
  })

  it('a name made of any text is legal or empty', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const name = legalName(text)
        return name === '' || pipelineNameFault(name) === null
      }),
    )
  })
})
