import type { Kind } from './sources.ts'

/** With what an operator is measured: the kind of its samples, its parameters, and fields that every sample has for it. */
export interface Setting {
  kind: Kind
  parameters: Record<string, unknown>
  fields: Record<string, unknown>
}

const SENSITIVE = { words: Array.from({ length: 10_000 }, (_, i) => `${(i * 7919).toString(36)} casino`) }

const SETTINGS: Record<string, Partial<Setting>> = {
  agent_bad_case_signal_mapper: { kind: 'agent' },
  agent_dialog_normalize_mapper: { kind: 'agent' },
  agent_tool_type_mapper: { kind: 'agent' },
  tool_success_tagger_mapper: { kind: 'agent' },
  usage_counter_mapper: { kind: 'agent' },
  chinese_convert_mapper: { kind: 'chinese' },
  clean_html_mapper: { kind: 'html' },
  extract_tables_from_html_mapper: { kind: 'html' },
  expand_macro_mapper: { kind: 'latex' },
  latex_figure_context_extractor_mapper: { kind: 'latex' },
  latex_merge_tex_mapper: { kind: 'archive' },
  nlpaug_en_mapper: { parameters: { swap_random_word: true, delete_random_char: true } },
  nlpcda_zh_mapper: { kind: 'chinese', parameters: { replace_equivalent_num: true, swap_random_char: true } },
  remove_bibliography_mapper: { kind: 'latex' },
  remove_comments_mapper: { kind: 'latex', parameters: { doc_type: 'tex' } },
  remove_header_mapper: { kind: 'latex' },
  remove_long_words_mapper: { parameters: { max_len: 25 } },
  replace_content_mapper: { parameters: { pattern: ['\\d+', 'https?://(\\S+)', '●■'], repl: ['0', '<\\1>', ''] } },
  sensitive_words_filter: { parameters: SENSITIVE },
  sensitive_words_mapper: { parameters: SENSITIVE },
  text_chunk_mapper: { parameters: { max_len: 1000 } },
  general_field_filter: { parameters: { filter_condition: '10 < number <= 30 and kind == "a"' } },
  specified_field_filter: { parameters: { field_key: 'kind', target_value: ['a', 'b'] } },
  specified_numeric_field_filter: { parameters: { field_key: 'number', min_value: 10 } },
  document_line_deduplicator: { parameters: { ignore_special_character: true } },
  key_value_grouper: { parameters: { group_by_keys: ['kind'] } },
  frequency_specified_field_selector: { parameters: { field_key: 'kind', topk: 1 } },
  range_specified_field_selector: { parameters: { field_key: 'number', lower_rank: 1, upper_rank: 2 } },
  tags_specified_field_selector: { parameters: { field_key: 'kind', target_tags: ['a', 'b'] } },
  topk_specified_field_selector: { parameters: { field_key: 'number', topk: 1 } },
  suffix_filter: { parameters: { suffixes: ['.txt', '.md'] } },
}

/** Fields for filters of fields; they are in all samples, so that all operators carry the same. */
const FIELDS = { kind: 'a', number: 17, __dj__suffix__: '.txt', __dj__uid: 1 }

/** How an operator is measured; by default without parameters, on text. */
export function settingOf(operator: string): Setting {
  return { kind: 'text', parameters: {}, fields: FIELDS, ...SETTINGS[operator] }
}

/** The fields that a sample needs beside such a text, so that the operator reads it: transcripts have it everywhere. */
export function fieldsAround(text: string, { kind, fields }: Setting): Record<string, unknown> {
  if (kind !== 'agent') return { ...fields, kind: text.slice(0, 1000) }
  const call = { id: text.slice(0, 100), type: 'function', function: { name: text.slice(0, 1000), arguments: '{}' } }
  const short = text.slice(0, text.length / 4)
  const many = Array.from({ length: Math.min(2000, short.length >> 5) }, (_, i) => ({
    role: ['user', 'tool', 'assistant'][i % 3],
    content: short.slice(i * 32, i * 32 + 32),
  }))
  const messages = [
    { role: 'user', content: [{ type: 'text', text: short }] },
    { role: 'assistant', content: short, tool_calls: [call, call] },
    { role: 'tool', content: short },
    ...many,
  ]
  return {
    text: '',
    messages,
    query: short.slice(0, 1000),
    response: short,
    __dj__meta__: { agent_tool_types: [short] },
  }
}
