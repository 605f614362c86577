import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { KINDS, masking } from '../../../../services/operators/masking/masking.ts'
import { mask, plan, replacements } from './plan.ts'

/** The number of an identity card that passes the check of bank cards too. */
const PASSES_BOTH = '310101199001010207'

/** What kinds are found in a text, in order; other texts about them stay. */
function kindsIn(text: string): string[] {
  return mask(text).match(/\[[A-Z]+\]/g) ?? []
}

describe('e-mail addresses', () => {
  test.each([
    'jane@example.org',
    'jane.doe+news@mail.example.co.uk',
    '13812345678@qq.com',
    'a_b-c%d@x-y.museum',
    'josé@bücher.de',
    'a@xn--fiqs8s.xn--fiqs8s',
    'ｊａｎｅ＠ｅｘａｍｐｌｅ．ｏｒｇ',
    'x@1.2.3.com',
  ])('%s is one', (address) => {
    expect(mask(`写信给${address}。`)).toBe('写信给[EMAIL]。')
    expect(mask(`<mailto:${address}>.`)).toBe('<mailto:[EMAIL]>.')
  })

  test.each([
    'jane@example',
    'jane@example-org',
    '@example.org',
    'jane@.org',
    'jane.@example.org',
    'lodash@4.17.21',
    'icon@2x.png',
    'a@b.c',
    'a @ b.com',
    'jane@-example.org',
    'a@b.com1',
  ])('%s is none', (text) => {
    expect(mask(text)).toBe(text)
  })

  test('ends where its host name ends', () => {
    expect(mask('a@b.com.')).toBe('[EMAIL].')
    expect(mask('a@b.com-')).toBe('[EMAIL]-')
    expect(mask('a@b.com-13812345678')).toBe('[EMAIL]-[MOBILEPHONE]')
    expect(mask('a@b.com.1')).toBe('[EMAIL].1')
    expect(mask('x..a@b.com')).toBe('x..[EMAIL]')
  })
})

describe('identity cards', () => {
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
  const checkOf = (digits: string) => '10X98765432'[weights.reduce((sum, w, i) => sum + w * Number(digits[i]), 0) % 11]

  test.each([
    '11010519491231002X',
    '11010519491231002x',
    '440524188001010014',
    '110105 19491231 002X',
    '１１０１０５１９４９１２３１００２Ｘ',
  ])('%s is one', (number) => {
    expect(mask(`身份证${number}号`)).toBe('身份证[IDNUM]号')
  })

  test('has the one check character that the standard gives it', () => {
    const digits = '11010519491231002'
    for (const check of '0123456789X') {
      expect(kindsIn(digits + check).includes('[IDNUM]')).toBe(check === checkOf(digits))
    }
  })

  test.each(['10010519491231002', '11010519491331002', '11010519490229002', '11010521491231002'])(
    '%s and its check character is none: no such province, month, day or year',
    (digits) => {
      expect(kindsIn(`${digits}${checkOf(digits)}`)).not.toContain('[IDNUM]')
    },
  )

  test('of 15 digits are masked when that is wanted', () => {
    expect(mask('110105491231002')).toBe('110105491231002')
    expect(masking({ ...plan, oldIdCards: true })('110105491231002')).toBe('[IDNUM]')
    expect(masking({ ...plan, oldIdCards: true })('110105491331002')).toBe('110105491331002')
  })
})

describe('bank cards', () => {
  test.each([
    '4111111111111111',
    '4111 1111 1111 1111',
    '4111-1111-1111-1111',
    '5500005555555559',
    '2223003122003222',
    '378282246310005',
    '3782 822463 10005',
    '30569309025904',
    '3056 930902 5904',
    '6011111111111117',
    '3530111333300000',
    '6222020200112233446',
    '6222 0202 0011 2233 446',
    '622202 0200112233446',
    '4222222222222',
  ])('%s is one', (number) => {
    expect(mask(`卡号${number}。`)).toBe('卡号[BANKCARD]。')
  })

  test.each([
    '4111111111111112',
    '411111111111',
    '41111111111111111111',
    '1111 4111 1111 1111 1111',
    '4111-1111 1111-1111',
    '4111-1111-1111-1111-2',
    '0.4111111111111111',
    'f4111111111111111',
    '1700000000000',
    '9787111123453',
    '2023122510304500',
  ])('%s is none', (text) => {
    expect(mask(text)).toBe(text)
  })
})

describe('IP addresses', () => {
  test.each([
    '192.168.0.1',
    '0.0.0.0',
    '255.255.255.255',
    'fe80::1',
    'fe80::1%eth0',
    '2001:db8::',
    '2001:db8:85a3:0:0:8a2e:370:7334',
    '2001:DB8::8A2E:370:7334',
    '::1',
    '::ffff:192.0.2.128',
    '64:ff9b::192.0.2.33',
    'fd12:3456:789a:1::1',
  ])('%s is one', (address) => {
    expect(mask(`at ${address}, or`)).toBe('at [IP], or')
    expect(mask(`[${address}]/24`)).toBe('[[IP]]/24')
  })

  test('may have a port, a prefix, and a neighbour', () => {
    expect(mask('http://10.0.0.1:8080/ 10.0.0.0/8 10.0.0.1-10.0.0.9.')).toBe('http://[IP]:8080/ [IP]/8 [IP]-[IP].')
    expect(mask('[2001:db8::1]:443')).toBe('[[IP]]:443')
  })

  test.each([
    '256.1.1.1',
    '1.2.3',
    '1.2.3.4.5',
    '01.2.3.4',
    'v1.2.3.4',
    'version 1.2.3.4',
    '版本：1.2.3.4',
    'Chrome/120.0.0.0',
    'libfoo-1.2.3.4',
    '1.2.3.4-rc1',
    '\n1.2.3.4. Section',
    '12:34:56',
    '00:1b:44:11:3a:b7',
    '00:11:22:33:44:55:66:77',
    'a::b',
    'DB::Add',
    'f32::EPSILON',
    'std::vector',
    '::',
    '::before',
    '2001:db8::1::2',
    '2001:db8:1:2:3:4:5:6:7',
    '2001:db8::12345',
    '2023:12:25 10:30:45',
  ])('%s is none', (text) => {
    expect(mask(text)).toBe(text)
  })
})

describe('what several kinds could have', () => {
  test('goes to the first in the order of the kinds', () => {
    expect(KINDS).toEqual(['email', 'ip', 'id_card', 'bank_card', 'mobile_phone', 'telephone', 'international_phone'])
    expect(kindsIn('4111111111111111@b.com')).toEqual(['[EMAIL]'])
    expect(kindsIn('10.0.0.1@b.com')).toEqual(['[EMAIL]'])
    expect(kindsIn(PASSES_BOTH)).toEqual(['[IDNUM]'])
    const { id_card: _, ...others } = replacements
    expect(masking({ ...plan, replacements: others })(PASSES_BOTH)).toBe('[BANKCARD]')
    expect(kindsIn('+86 138 1234 5678')).toEqual(['[MOBILEPHONE]'])
  })

  test('goes to the next when a kind is switched off', () => {
    const { email: _, ...others } = replacements
    expect(masking({ ...plan, replacements: others })('13812345678@qq.com')).toBe('[MOBILEPHONE]@qq.com')
  })

  test('does not make an international number of a Chinese mobile one', () => {
    const { mobile_phone: _, ...others } = replacements
    expect(masking({ ...plan, replacements: others })('+86 138 1234 5678')).toBe('+86 138 1234 5678')
  })
})

describe('other numbers', () => {
  test.each([
    'ISBN 978-7-111-12345-6',
    'ISBN 0-201-53082-1',
    '2023-12-25 10:30:45.123',
    '1700000000',
    '3.141592653589793238',
    '6.62607015e-34',
    '3f13812345678a',
    'd41d8cd98f00b204e9800998ecf8427e',
    '550e8400-e29b-41d4-a716-446655440000',
    '12345678901234567890123456789012',
    'a[10] = (20, 30); x+13; f(010)',
    'order 20231225-0001-0002-0003',
    '100,000,000 and 12/25/2023',
  ])('%s stay', (text) => {
    expect(mask(text)).toBe(text)
  })
})

/** Pieces of which hard texts are made. */
const pieces = [
  '13812345678',
  '138 1234 5678',
  '+86',
  '86-',
  '010-62345678',
  '0551 3612345',
  '(212) 555-1234',
  '+1',
  '+49 30 123456',
  'a@b.com',
  '@',
  '.com',
  '192.168.0.1',
  '10.0.0.1-',
  'fe80::1',
  '2001:db8::',
  '::',
  ':',
  '::1',
  '11010519491231002X',
  '4111 1111 1111 1111',
  '4111111111111111',
  ' ',
  '-',
  '.',
  '(',
  ')',
  '+',
  '/',
  '%',
  '_',
  'x',
  'é',
  '中',
  '１',
  '1',
  '12',
  '1234',
  'version ',
]

describe('masked texts', () => {
  const texts = fc.array(fc.constantFrom(...pieces), { maxLength: 9 }).map((parts) => parts.join(''))

  test('hold nothing more to mask', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const masked = mask(text)
        expect(mask(masked)).toBe(masked)
      }),
      { numRuns: 20_000 },
    )
  })

  test('hold it neither where only some kinds are masked', () => {
    const kinds = fc.subarray([...KINDS], { minLength: 1 })
    fc.assert(
      fc.property(texts, kinds, fc.boolean(), fc.boolean(), (text, chosen, oldIdCards, fullWidth) => {
        const some = Object.fromEntries(Object.entries(replacements).filter(([kind]) => chosen.some((k) => k === kind)))
        const maskSome = masking({ replacements: some, oldIdCards, fullWidth })
        const masked = maskSome(text)
        expect(maskSome(masked)).toBe(masked)
      }),
      { numRuns: 300 },
    )
  })

  test('are the same string where nothing is masked', () => {
    const free = fc.string({ unit: 'binary' }).map((text) => text.replace(/[\p{Nd}@:＠：]/gu, ''))
    fc.assert(fc.property(free, (text) => mask(text) === text))
  })

  test('are made of any string', () => {
    const any = fc.string({ unit: fc.integer({ max: 0xffff, min: 0 }).map((unit) => String.fromCharCode(unit)) })
    fc.assert(fc.property(any, (text) => typeof mask(text) === 'string'))
  })
})

test.each([
  '@',
  'a@',
  ':',
  'a:',
  '::',
  '1:',
  '1.',
  '1',
  '12 ',
  '1234 ',
  '+',
  '(',
  '+1',
  '(0',
  '13',
  '1.1.1.1',
  'a.',
  '-1',
  '+44 1 ',
])('goes over %j, three hundred thousand units of it, in no time', (trap) => {
  const text = `x ${trap.repeat(300_000 / trap.length)}`
  const start = performance.now()
  mask(text)
  expect(performance.now() - start).toBeLessThan(2000)
})
