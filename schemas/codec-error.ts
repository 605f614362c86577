export type CodecErrorCode =
  | 'avro_unknown_schema'
  | 'avro_broken'
  | 'json_broken'
  | 'json_too_deep'
  | 'utf8_invalid'
  | 'text_missing'
  | 'text_not_a_string'

/** Bytes that are not what they should be. The codes are rows of the table of failures. */
export class CodecError extends Error {
  readonly code: CodecErrorCode

  constructor(code: CodecErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options)
    this.name = 'CodecError'
    this.code = code
  }
}
