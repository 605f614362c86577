import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type LineRules, removeLines } from '../../../../services/operators/boilerplate/lines.ts'
import { removeAddresses } from '../../../../services/operators/boilerplate/web-addresses.ts'

const NONE: LineRules = { navigation: false, author: false, source: false, longest: 200 }
const any = fc.string({ unit: fc.integer({ max: 0xffff, min: 0 }).map((unit) => String.fromCharCode(unit)) })
/** Milliseconds in which even a slow machine goes over 300 kB once; what is quadratic takes minutes. */
const SOON = 2000

describe('web addresses', () => {
  test.each([
    'http://a.com',
    'HTTPS://A.COM/B?c=d&e=%20#f',
    'http://user:pass@host.org:8080/a/b.html;v=1',
    'https://en.wikipedia.org/wiki/Tree_(graph_theory)',
    'http://[2001:db8::1]:80/a',
    'ftp://ftp.gnu.org/gnu/',
    'https://bücher.de/straße',
    'www.example.org/a',
    'WWW.Example.org',
  ])('%s goes', (address) => {
    expect(removeAddresses(`见${address}。`)).toBe('见。')
    expect(removeAddresses(`(${address}), or`)).toBe('(), or')
    expect(removeAddresses(`"${address}".`)).toBe('"".')
    expect(removeAddresses(`<a href='${address}'>x</a>`)).toBe("<a href=''>x</a>")
  })

  test.each(['http://', 'http:// a', '://a.com', 'example.org', 'file:///a', 'awww.a.org', 'www. a', 'http:/a.com'])(
    '%s stays',
    (text) => {
      expect(removeAddresses(text)).toBe(text)
    },
  )

  test('end before Chinese text and the punctuation of a sentence', () => {
    expect(removeAddresses('访问http://a.com/b获取。See http://a.com/b! Or http://c.org?')).toBe('访问获取。See ! Or ?')
  })

  test('leave no address behind', () => {
    const pieces = fc.constantFrom('http://', 'www.', 'a', '.', '(', ')', '[', ']', '/', ',', ' ', '中', 'https', ':')
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        const text = parts.join('')
        const left = removeAddresses(text)
        expect(left.length).toBeLessThanOrEqual(text.length)
        expect(left).not.toMatch(/https?:\/\/a/)
      }),
      { numRuns: 2000 },
    )
  })

  test('are found in any string, and none gives the same string', () => {
    fc.assert(fc.property(any, (text) => text.includes('.') || text.includes('://') || removeAddresses(text) === text))
  })

  test.each(['http://', '://', 'www.', 'w.', 'http://a(', 'http://a[(', 'a:', 'www.a ', 'http://a '])(
    'are looked for in much of %j in no time',
    (trap) => {
      const text = trap.repeat(300_000 / trap.length)
      const start = performance.now()
      removeAddresses(text)
      expect(performance.now() - start).toBeLessThan(SOON)
    },
  )
})

describe('lines about navigation', () => {
  const rules = { ...NONE, navigation: true }

  test.each([
    'Home > News > Europe',
    'Home» News',
    'Homepage | News',
    '首页 > 新闻 > 国内',
    '主页>新闻',
    '当前位置：新闻 > 国内',
    '您的位置: 首页 ＞ 新闻',
    'Location: News > Europe',
  ])('%s goes with its line feed', (line) => {
    expect(removeLines(`a\n${line}\nb`, rules)).toBe('a\nb')
    expect(removeLines(`${line}\nb`, rules)).toBe('b')
    expect(removeLines(`a\n${line}`, rules)).toBe('a')
  })

  test.each(['/Home/user/file', 'go home > now', 'the Location: Paris', 'x.Home/y', '我回到首页看看'])(
    '%s stays',
    (line) => {
      expect(removeLines(line, rules)).toBe(line)
    },
  )
})

describe('lines about the author', () => {
  const rules = { ...NONE, author: true }

  test.each([
    'Source: Reuters',
    'Editor: J. Doe',
    'Share to:',
    'Related links:',
    'Published at 10:30, by us.',
    '来源：新华社',
    '责任编辑：张三',
    '本报记者 李四，北京报道',
    '分享到:',
    '登录|注册。',
  ])('%s goes', (line) => {
    expect(removeLines(`a\n${line}\nb`, rules)).toBe('a\nb')
  })

  test.each(['The source of the river.', 'OpenSource: yes', 'Editors wanted', '来源不明', '他是编辑'])(
    '%s stays',
    (line) => {
      expect(removeLines(line, rules)).toBe(line)
    },
  )

  test('stay when they are long, unless that is wanted', () => {
    const line = `Source: ${'word '.repeat(60)}`
    expect(removeLines(line, rules)).toBe(line)
    expect(removeLines(`${line}\nb`, { ...rules, longest: Number.POSITIVE_INFINITY })).toBe('b')
  })
})

describe('lines about the source', () => {
  const rules = { ...NONE, source: true }

  test.each([
    '2023-12-25 10:30:45',
    '2023年12月25日 10:30:45 新华网',
    '2023/1/2 Source: Reuters',
    '2023-12-25 来源：新华社',
  ])('%s goes', (line) => {
    expect(removeLines(`a\n${line}\nb`, rules)).toBe('a\nb')
  })

  test.each(['on 2023-12-25 we met', '10:30:45', 'Source: 2023-12-25'])('%s stays', (line) => {
    expect(removeLines(line, rules)).toBe(line)
  })

  test('count only among the first five, of those that the other rules leave', () => {
    const date = '2023-12-25 10:30:45'
    expect(removeLines(`1\n2\n3\n4\n5\n${date}`, rules)).toBe(`1\n2\n3\n4\n5\n${date}`)
    expect(removeLines(`首页>a\n1\n2\n3\n4\n${date}`, { ...rules, navigation: true })).toBe('1\n2\n3\n4')
  })
})

describe('lines', () => {
  const all = { navigation: true, author: true, source: true, longest: 200 }

  test('stay as the same string without rules, and where nothing is found', () => {
    fc.assert(fc.property(any, (text) => removeLines(text, NONE) === text))
    expect(removeLines('Nothing of the kind.\nNot here.', all)).toBe('Nothing of the kind.\nNot here.')
  })

  test('are found no more in what is left', () => {
    const piece = fc.constantFrom('首页>', 'Source:', '来源：', '2023-12-25 10:30:45', '\n', 'a', '。', ' ')
    const rules = { ...all, source: false }
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (parts) => {
        const left = removeLines(parts.join(''), rules)
        expect(removeLines(left, rules)).toBe(left)
      }),
    )
  })

  test.each(['Home ', '位置', 'Location: ', '2023-12-25', '2023-1', '来源', 'Login '])(
    '%j are gone over in no time',
    (trap) => {
      const text = trap.repeat(300_000 / trap.length)
      const start = performance.now()
      removeLines(text, { ...all, longest: Number.POSITIVE_INFINITY })
      expect(performance.now() - start).toBeLessThan(SOON)
    },
  )
})
