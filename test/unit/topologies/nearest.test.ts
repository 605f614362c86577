import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nearest, nearestHint } from '../../../topologies/nearest.ts'

const operators = ['clean_email_mapper', 'clean_links_mapper', 'text_length_filter']

describe('the nearest right name', () => {
  it('is found through a few wrong letters, other case and dashes', () => {
    expect(nearest('clean_emial_mapper', operators)).toBe('clean_email_mapper')
    expect(nearest('Text-Length-Filter', operators)).toBe('text_length_filter')
    expect(nearestHint('text_lenght_filter', operators)).toEqual({ hint: 'Did you mean text_length_filter?' })
  })

  it('is not guessed when nothing is near', () => {
    expect(nearest('perplexity_filter', operators)).toBeUndefined()
    expect(nearest('x', [])).toBeUndefined()
    expect(nearestHint('', operators)).toEqual({})
  })

  it('of a list that holds the word itself is the word', () => {
    const word = fc.stringMatching(/^[a-z_]{1,30}$/)
    fc.assert(fc.property(word, fc.array(word), (right, others) => nearest(right, [...others, right]) === right))
  })
})
