import { describe, expect, test } from 'vitest'
import { searching, translatePattern } from '../../../services/operators/text/python-pattern.ts'
import { parseTemplate, substitution } from '../../../services/operators/text/python-template.ts'
import { failureOf } from '../../support/failures.ts'

describe('translating a pattern of Python', () => {
  test.each([
    ['\\w+', 'a\u200db_1 ½', 'X ½'],
    ['\\d', '1٣²', 'XX²'],
    ['\\s', '\u0085\ufeff\x1c', 'X\ufeff\x1c'],
    ['\\bx', '一x x', '一x X'],
    ['a.b', 'a\nb', 'X'],
    ['^a$', 'a\n', 'X\n'],
    ['(?m)^a$', 'b\ra\na', 'b\ra\nX'],
    ['\\Aa|a\\Z', 'aba', 'XbX'],
    ['(?P<q>["\']).*?(?P=q)', `'a"' "b"`, 'X X'],
    ['(?i)i', 'iIİı', 'XXXı'],
    ['(?i)[A-Z]', 'iIİı', 'XXİX'],
    ['[]a]', ']a', 'XX'],
    ['[^\\W\\d]', 'a1', 'X1'],
    ['a{,2}b', 'aaab', 'aX'],
    ['{x}', '{x}', 'X'],
    ["r'a'", 'a', 'X'],
    ['\\p{Han}+', 'a一二', 'aX'],
    ['\\x41\\u0042\\103', 'ABC', 'X'],
    ['x*', 'axb', 'XaXXbX'],
    ['(?#note)a', 'a', 'X'],
    ['', '😀', 'X😀X'],
  ])('%j on %j gives %j', (pattern, text, replaced) => {
    expect(substitution(pattern, 'X')(text)).toBe(replaced)
  })

  test.each([
    ['a++', 'a possessive quantifier'],
    ['(?>a)', 'an atomic group'],
    ['(?R)', 'recursion'],
    ['(a)(?(1)b)', 'a conditional'],
    ['(?|a|b)', 'a branch reset'],
    ['a(?i)b', 'a flag that does not stand at the start'],
    ['(?x) a', 'a flag that does not stand at the start'],
    ['\\X', '\\X'],
    ['[[:alpha:]]', 'a POSIX class'],
    ['(?:a){e<=1}', 'fuzzy matching'],
    ['(a)?\\1', 'a back-reference to a group that may be unset'],
    ['a*?', 'a pattern that can match nothing'],
    ['(a', 'a closing parenthesis'],
    ['a)', 'a closing parenthesis'],
    ['*a', '* has nothing to repeat'],
    ['[a', 'the character class is not closed'],
    ['\\', 'escapes nothing'],
  ])('refuses %j and says why: %s', (pattern, reason) => {
    expect(() => translatePattern(pattern)).toThrow(reason)
  })
})

describe('a replacement template of Python', () => {
  test.each([
    ['\\1-\\g<1>-\\g<n>-\\g<0>', 'b-b-b-ab'],
    ['\\n\\t\\\\', '\n\t\\'],
    ['$1 $&', '$1 $&'],
    ['\\x41\\101\\0', 'AA\0'],
    ['\\.', '\\.'],
  ])('%j is filled in as %j', (template, filled) => {
    expect(substitution('a(?P<n>b)', template)('ab')).toBe(filled)
  })

  test('leaves a group empty that the match has not', () => {
    expect(substitution('(a)|b', '[\\1]')('ab')).toBe('[a][]')
  })

  test.each(['\\2', '\\g<m>', '\\q', '\\', '\\g<1'])('refuses %j', (template) => {
    expect(() => parseTemplate(template, translatePattern('(?P<n>a)').groups)).toThrow()
  })
})

describe('a search with module re', () => {
  test.each([
    ['\\s', '\x1c', true],
    ['\\bx', '²x', false],
    ['a.b', 'a\nb', false],
    ['(?i)i', 'ı', true],
    ['(?i)ı', 'I', true],
    ["r'a'", 'a', false],
    ['a$', 'a\n', true],
  ])('%j in %j: %j', (pattern, text, found) => {
    expect(searching(pattern, 're')(text)).toBe(found)
  })

  test('knows no properties', () => {
    expect(failureOf(() => searching('\\p{L}', 're')).code).toBe('parameters_invalid')
  })
})
