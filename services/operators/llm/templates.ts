import type { Exact } from '../../../schemas/json/exact.ts'
import { Failure } from '../../../topologies/failure.ts'
import { repr, str } from '../python/spelling.ts'

/** Values for the fields of a template: those without a name in order, the others by name. */
export interface Values {
  ordered?: Exact[]
  named?: { [name: string]: Exact }
}

type Piece = string | { field: string; quoted: boolean }

const PIECES = /\{\{|\}\}|\{([^{}!:]*)(?:!([rs]))?(:[^{}]*)?\}|[{}]|[^{}]+/g

/**
 * A template of Python's `str.format`: `{}`, `{0}`, `{name}`, `{{`. Throws Failure `parameters_invalid` for a field that is none
 * of `fields` (how many have no name, and the names), and for what Python writes in a field beyond `!r` and `!s`.
 */
export function template(text: string, fields: { ordered?: number; named?: string[] }): (values: Values) => string {
  const pieces = piecesOf(text)
  for (const piece of pieces) {
    if (typeof piece === 'string') continue
    const known = isIndex(piece.field)
      ? Number(piece.field) < (fields.ordered ?? 0)
      : fields.named?.includes(piece.field)
    if (!known) refuse(text, `it asks for {${piece.field}}, which it does not get`)
  }
  return ({ ordered = [], named = {} }) =>
    pieces
      .map((piece) => {
        if (typeof piece === 'string') return piece
        const value = (isIndex(piece.field) ? ordered[Number(piece.field)] : named[piece.field]) ?? null
        return piece.quoted ? repr(value) : str(value)
      })
      .join('')
}

function piecesOf(text: string): Piece[] {
  let automatic = 0
  return Array.from(text.matchAll(PIECES), ([whole, field, conversion, format]): Piece => {
    if (whole === '{{' || whole === '}}') return whole.slice(1)
    if (field === undefined)
      return whole === '{' || whole === '}' ? refuse(text, 'a brace stands alone; double it') : whole
    if (format !== undefined && format !== ':') refuse(text, `the format ${format} is not supported`)
    return { field: field === '' ? String(automatic++) : field, quoted: conversion === 'r' }
  })
}

function isIndex(field: string): boolean {
  return /^\d+$/.test(field)
}

function refuse(text: string, why: string): never {
  const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text
  throw new Failure('parameters_invalid', `The template ${JSON.stringify(shown)} cannot be filled in: ${why}.`)
}
