import { describe, expect, it } from 'vitest'
import { DATA_JUICER_OPERATORS } from '../../../topologies/recipe/data-juicer-operators.ts'
import { DATA_JUICER_KEYS } from '../../../topologies/recipe/keys.ts'
import { notesOf, problemsOf, recipeOf } from './recipes.ts'

/** The arguments of Data-Juicer 1.6.1's parser, nested ones by their group; `config` is the recipe itself. */
const PARSER_KEYS = `
  auto auto_num hpo_config data_probe_algo data_probe_ratio load_jsonl_lenient use_dag project_name executor_type
  strict_preflight dataset_path dataset generated_dataset_config validators load_dataset_kwargs read_options
  override_num_blocks work_dir export_path export_type export_shard_size export_in_parallel export_extra_args
  export_aws_credentials decrypt_after_reading encrypt_before_export encryption_key_path keep_stats_in_res_ds
  keep_hashes_in_res_ds np text_keys image_key image_bytes_key image_special_token audio_key audio_special_token video_key
  video_special_token eoc_special_token suffixes turbo skip_op_error use_cache ds_cache_dir cache_compress open_monitor
  use_checkpoint checkpoint event_logging event_log_dir checkpoint_dir job_id resume temp_dir open_tracer op_list_to_trace
  trace_num trace_keys open_insight_mining op_list_to_mine min_common_dep_num_to_combine conflict_resolve_strategy op_fusion
  fusion_strategy mapper_fusion mapper_fusion_vram_limit adaptive_batch_size process percentiles export_original_dataset
  save_stats_in_one_file ray_address partition_size partition partition_dir custom_operator_paths
  elastic_juicer_adaptive_batching debug elastic_juicer_profile_seed auto_op_parallelism
`
  .trim()
  .split(/\s+/)

describe("Data-Juicer's top-level keys", () => {
  it('are all in the table, and no other', () => {
    expect(Object.keys(DATA_JUICER_KEYS).sort()).toEqual([...PARSER_KEYS].sort())
  })

  it('have a treatment and a reason each', () => {
    for (const [key, rule] of Object.entries(DATA_JUICER_KEYS)) expect(rule.reason.length, key).toBeGreaterThan(5)
  })

  it('may all be null, which is their default', () => {
    expect(problemsOf(PARSER_KEYS.map((key) => `${key}: null`).join('\n'))).toEqual([])
  })

  it('are named by lint with what is made of them', () => {
    expect(notesOf('np: 8\nproject_name: a\nuse_cache: false')).toMatchObject([
      { path: 'np', treatment: 'ignored', line: 1, column: 1 },
      { path: 'project_name', treatment: 'honoured', line: 2 },
      { path: 'use_cache', treatment: 'ignored', line: 3 },
    ])
  })

  it.each([
    ['export_type: arrow'],
    ['export_path: out/data.csv'],
    ['export_path: out/data.parquet.gz'],
    ['export_extra_args: {aws_region: x}'],
    ['dataset: {configs: [{type: local, path: s3://bucket/a}]}'],
    ['export_path: s3://bucket/data.jsonl'],
    ['generated_dataset_config: {type: EmptyFormatter}'],
    ['custom_operator_paths: [ops.py]'],
    ['custom-operator-paths: [ops.py]'],
    ['load_dataset_kwargs: {columns: [text]}'],
    ['encrypt_before_export: yes'],
    ['auto: true'],
    ['dataset: {configs: [{type: remote, source: huggingface, path: a/b}]}'],
    ['dataset_path: hdfs://host/data'],
  ])('are refused when they ask for what is not built: %s', (source) => {
    expect(problemsOf(source)).toMatchObject([{ message: expect.stringContaining('cannot be honoured') }])
  })

  it.each([
    ['export_shard_size: 1000'],
    ['keep_stats_in_res_ds: true'],
    ['export_path: out/data.parquet'],
    ['export_extra_args: {export_stats: true}'],
    ['dataset_path: s3://bucket/a.jsonl'],
    ['dataset: {max_sample_num: 10, configs: [{type: local, path: a}]}'],
    ['validators: [{type: required_fields, required_fields: [text]}]'],
    ['export_type: jsonl'],
    ['export_path: out/data.jsonl.zst'],
    ['export_path: out.v2/data'],
    ['validators: []'],
    ['load_dataset_kwargs: {num_proc: 4}'],
    ['custom_operator_paths: null'],
    ['checkpoint: {enabled: no, n_ops: 3}'],
    ['checkpoint.enabled: no'],
    ["np: '4'"],
    ["open_tracer: 'true'"],
    ['executor_type: ray'],
  ])('are taken when they ask for nothing else: %s', (source) => {
    expect(problemsOf(source)).toEqual([])
  })

  it.each([
    ['np: four', 'np'],
    ['np: 4.5', 'np'],
    ['executor_type: spark', 'executor_type'],
    ['checkpoint: {enable: true}', 'checkpoint.enable'],
    ['checkpoint.enabled: 7', 'checkpoint.enabled'],
    ['op_list_to_trace: x', 'op_list_to_trace'],
    ['text_keys: []', 'text_keys'],
    ['validators: [{type: required_fields}]', 'validators[0].required_fields'],
    ['validators: [{type: required}]', 'validators[0].type'],
    ['validators: [{type: required_fields, required_fields: [a], field_types: {a: text}}]', 'field_types.a'],
    ['dataset: {max_sample_num: 0, configs: [{type: local, path: a}]}', 'dataset.max_sample_num'],
    ['dataset: {max_sample_num: 5, configs: [{type: local, path: a, weight: 0}]}', 'dataset.configs'],
    ['dataset: {configs: [{type: remote, source: s3, path: a}]}', 'dataset.configs[0].path'],
    ['projekt_name: x', 'projekt_name'],
    ['language_id_score_filter: {min_score: 0.5}', 'language_id_score_filter'],
    ['__proto__: x', '__proto__'],
    ['toString: x', 'toString'],
  ])('are mistakes when their value is of the wrong kind or nobody knows them: %s', (source, path) => {
    expect(problemsOf(source)).toMatchObject([{ path: expect.stringContaining(path), line: 1 }])
  })
})

function pathsOf(source: string): string[] {
  return recipeOf(source).dataset.sources.map(({ path }) => path)
}

describe('what the keys mean', () => {
  it('the first text key is used, and lint says so', () => {
    expect(recipeOf('text_keys: [content, text]').textKey).toBe('content')
    expect(recipeOf('text_keys: body').textKey).toBe('body')
    expect(recipeOf('np: 1').textKey).toBe('text')
    expect(notesOf('text_keys: [content, text]')).toContainEqual(
      expect.objectContaining({ reason: expect.stringContaining('only the first') }),
    )
  })

  it('input paths are split as a shell splits them, weights left out', () => {
    expect(pathsOf('dataset_path: data/')).toEqual(['data/'])
    expect(pathsOf(`dataset_path: 0.3 a.jsonl 7e-1 "b c" 'd'\\ e`)).toEqual(['a.jsonl', 'b c', 'd e'])
    expect(problemsOf('dataset_path: 0.5')).toMatchObject([{ path: 'dataset_path' }])
    expect(problemsOf(`dataset_path: a "b`)).toMatchObject([{ path: 'dataset_path' }])
  })

  it('dataset names local files too, and dataset_path comes first', () => {
    const source = 'dataset: {configs: [{type: local, path: a, weight: 1}, {type: local, path: b}]}'
    expect(pathsOf(source)).toEqual(['a', 'b'])
    expect(pathsOf(`${source}\ndataset_path: c`)).toEqual(['c'])
    expect(problemsOf('dataset: [a]')).toMatchObject([{ path: 'dataset' }])
    expect(problemsOf('dataset: {configs: [{type: local}]}')).toMatchObject([{ path: 'dataset.configs[0].path' }])
  })

  it('a mixture has weights, and an object store its address', () => {
    const source =
      'dataset: {max_sample_num: 9, configs: [{type: local, path: a, weight: 2}, {type: remote, source: s3, path: s3://b/c, endpoint_url: http://h:1, anon: true}]}'
    expect(recipeOf(source).dataset).toMatchObject({
      maxSamples: 9,
      sources: [
        { path: 'a', weight: 2 },
        { path: 's3://b/c', weight: 1, access: { endpoint: 'http://h:1', anonymous: true } },
      ],
    })
  })

  it('the output has the format of its ending, or the one that is named', () => {
    const keys = 'export_shard_size: 100\nkeep_stats_in_res_ds: true\nexport_extra_args: {export_stats: true}'
    expect(recipeOf(`export_path: a/b.json\n${keys}`).exportSettings).toEqual({
      format: 'json',
      shardBytes: 100,
      keepStats: true,
      keepHashes: false,
      stats: true,
    })
    expect(recipeOf('export_path: a/b.json\nexport_type: parquet').exportSettings.format).toBe('parquet')
  })

  it('suffixes are one or several', () => {
    expect(recipeOf('suffixes: .jsonl').suffixes).toEqual(['.jsonl'])
    expect(recipeOf('suffixes: [jsonl, txt]').suffixes).toEqual(['jsonl', 'txt'])
  })

  it('the pipeline is named by stream, the project or the file, legal on Kafka', () => {
    expect(recipeOf('stream: {name: news.2026_11}\nproject_name: x').pipeline).toBe('news.2026_11')
    expect(recipeOf("project_name: 'Data-Juicer recipes (C4)'").pipeline).toBe('data-juicer-recipes-c4')
    expect(recipeOf('project_name: hello_world', 'a/My Recipe.yml').pipeline).toBe('my-recipe')
    expect(recipeOf('np: 1', 'a/清洗.yaml').pipeline).toBe('pipeline')
  })

  it('all 228 operators of Data-Juicer are known by name', () => {
    expect(DATA_JUICER_OPERATORS.size).toBe(228)
  })
})
