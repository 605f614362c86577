import { describe, expect, test } from 'vitest'
import { textOf } from '../../../../services/operators/html/text-of.ts'
import { tablesOf } from '../../../../services/operators/soup/tables.ts'
import { soupOf } from '../../../../services/operators/soup/tree.ts'
import { failureOf } from '../../../support/failures.ts'

describe('HTML that is made to be dear', () => {
  test('fails where formatting is opened again in thousands of paragraphs', () => {
    const paragraphs = Array.from({ length: 20_000 }, (_, i) => `<p><b a=${i}>x`).join('')
    expect(failureOf(() => textOf(paragraphs)).code).toBe('operator_failed')
  })

  test('fails where tables within tables repeat their rows thousands of times', () => {
    const tables = '<table><tr><td>x'.repeat(5_000)
    expect(failureOf(() => tablesOf(soupOf(tables), tables.length)).code).toBe('operator_failed')
  })
})

describe('HTML that only nests', () => {
  test('is read to any depth', () => {
    expect(textOf(`${'<div>'.repeat(100_000)}x`)).toBe('x')
    expect(textOf(`${'<b>'.repeat(100_000)}x${'</b>'.repeat(100_000)}`)).toBe('x')
  })

  test('may have some tables within each other, and paragraphs with formatting that nobody closes', () => {
    const tables = `${'<table><tr><td>'.repeat(50)}x`
    expect(tablesOf(soupOf(tables), tables.length)).toHaveLength(50)
    expect(textOf('<p><font size=1><b>x'.repeat(1_000))).toBe('x'.repeat(1_000))
  })
})
