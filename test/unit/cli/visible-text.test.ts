import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { shortened, visible, visibleBytes, visibleLine } from '../../../services/cli/terminal/visible-text.ts'

describe('a text for a terminal', () => {
  test('shows escapes, NUL and turned directions instead of obeying them', () => {
    expect(visible('\u001b[31mred\u0000 \u202eabc\u202c \u200b|')).toBe('\\x1b[31mred\\x00 \\u202eabc\\u202c \\u200b|')
  })

  test('keeps tabs and line ends, and other scripts', () => {
    expect(visible('a\tb\n漢字 😀 é')).toBe('a\tb\n漢字 😀 é')
  })

  test('shows a lone surrogate and keeps a pair', () => {
    expect(visible('\ud800x\ud83d\ude00')).toBe('\\ud800x😀')
  })

  test('is one line where one line is asked for', () => {
    expect(visibleLine('a\r\nb\tc')).toBe('a\\x0d\\nb\\tc')
  })

  test('never lets a control through, whatever the text', () => {
    const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => !controls.test(visible(text))))
  })
})

describe('bytes for a terminal', () => {
  test('stand as their text when they are UTF-8, the replacement character included', () => {
    expect(visibleBytes(Buffer.from('é \ufffd 😀'))).toBe('é \ufffd 😀')
  })

  test('show each byte that is none', () => {
    const bytes = Buffer.concat([Buffer.from('aé'), Buffer.of(0xff, 0xc3), Buffer.from('b'), Buffer.of(0xf0, 0x9f)])
    expect(visibleBytes(bytes)).toBe('aé\\xff\\xc3b\\xf0\\x9f')
  })

  test('stand as their text for every well-formed text without controls', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => visibleBytes(Buffer.from(text)) === visible(text)))
  })
})

test('a shortened text says that it was cut', () => {
  expect(shortened('abcdef', 4)).toBe('abc…')
  expect(shortened('abcd', 4)).toBe('abcd')
})
