import { z } from 'zod'

/** How a top-level key of Data-Juicer 1.6.1 is treated, and why. */
export interface KeyRule {
  treatment: 'honoured' | 'ignored' | 'refused'
  /** For `lint`; for a refused key, what is asked of the recipe. */
  reason: string
  type: z.ZodType
  /** Whether this value asks for what is not built; a refused key at such a value is a mistake. */
  asks(value: unknown): boolean
}

const text = z.string()
const flag = z.boolean()
const number = z.number()
const count = z.int().positive()
const texts = z.array(z.string())
const mapping = z.record(z.string(), z.unknown())
const list = z.array(z.unknown())
const countOrAuto = z.union([count, z.literal('auto')])

function honoured(type: z.ZodType, reason: string): KeyRule {
  return { treatment: 'honoured', reason, type, asks: () => false }
}

function ignored(type: z.ZodType, reason: string): KeyRule {
  return { treatment: 'ignored', reason, type, asks: () => false }
}

/** A key that would change the result and is not built: a mistake at any value but `harmless` and the empty ones. */
function refused(type: z.ZodType, reason: string, harmless: readonly unknown[] = [false]): KeyRule {
  return { treatment: 'refused', reason, type, asks: (value) => !isEmpty(value) && !harmless.includes(value) }
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return true
  return typeof value === 'object' && Object.keys(value).length === 0
}

const CACHE = 'there is no cache of whole data sets: documents pass through memory'
const MONITOR = 'every service has metrics, and every checkpoint is in the ledger'
const TRACER = 'the rejected topic holds every dropped document with its operator and reason'
const RESUME = 'a run that was stopped goes on from its committed offsets by itself'
const FUSION = 'neighbouring operators always share a process and what they derive from a text'
const RAY = 'Ray is not used: scale with stream.replicas and stream.partitions'
const ANALYZER = "only Data-Juicer's analyzer reads it"
const MEDIA = 'the operators built here read text only'
const ENCRYPTION = 'encrypted files are not built yet'

const partition = z.strictObject({
  mode: z.enum(['manual', 'auto']).optional(),
  size: count.nullish(),
  num_of_partitions: countOrAuto.nullish(),
  partitions_per_node: countOrAuto.optional(),
  max_concurrent_partitions: countOrAuto.optional(),
  max_gpu_workers_per_device: count.optional(),
  max_concurrent_gpu_probes: countOrAuto.optional(),
  gpu_preflight_enabled: flag.optional(),
  gpu_probe_timeout_seconds: number.nullish(),
  gpu_probe_warmup_batches: z.int().nonnegative().optional(),
  gpu_probe_steady_batches: count.optional(),
  gpu_probe_sample_offset: z.int().nonnegative().optional(),
  gpu_probe_sample_shuffle: flag.optional(),
  gpu_probe_sample_seed: z.int().nullish(),
  execution_group_size: countOrAuto.optional(),
  max_initialization_overhead_ratio: number.optional(),
  target_size_mb: z.int().optional(),
})

const checkpoint = z.strictObject({
  enabled: flag.optional(),
  strategy: z.enum(['every_op', 'every_n_ops', 'manual', 'disabled']).optional(),
  n_ops: count.optional(),
  op_names: texts.optional(),
})

/**
 * Every top-level key that the parser of Data-Juicer 1.6.1 knows. `process`, `dataset_path`, `dataset`, `export_path` and
 * `export_type` are looked into further by their readers.
 */
export const DATA_JUICER_KEYS: Record<string, KeyRule> = {
  project_name: honoured(text, 'names the pipeline, unless stream.name does'),
  process: honoured(list, 'the operators, in order'),
  text_keys: honoured(z.union([text, texts.min(1)]), 'the field that holds the text'),
  dataset_path: honoured(text, 'the input files'),
  dataset: honoured(z.union([mapping, list]), 'the input files'),
  suffixes: honoured(z.union([text, texts]), 'which files of an input directory are read'),
  export_path: honoured(text, 'the output file: .jsonl, .json or .parquet'),
  export_type: honoured(text, 'the format of the output, in place of the ending of export_path'),
  skip_op_error: honoured(
    flag,
    'true: a failing document is dead-lettered; false: the run stops, unless stream.on_failure says otherwise',
  ),

  export_shard_size: honoured(z.int().nonnegative(), 'the output comes in files of about so many bytes'),
  export_extra_args: honoured(mapping, 'export_stats: the stats go into a file of their own beside the output'),
  export_aws_credentials: refused(mapping, 'output to S3 is not built yet, and a recipe is no place for credentials'),
  keep_stats_in_res_ds: honoured(flag, 'whether stats and tags stay in the output'),
  keep_hashes_in_res_ds: honoured(flag, 'whether hashes stay in the output'),
  generated_dataset_config: refused(mapping, 'generated data sets are not built yet: give dataset_path'),
  validators: honoured(list, 'what the first samples of every source must be like'),
  custom_operator_paths: refused(z.union([text, texts]), 'operators in Python files cannot run here'),
  decrypt_after_reading: refused(flag, ENCRYPTION),
  encrypt_before_export: refused(flag, ENCRYPTION),
  auto: refused(flag, "the analyzer's automatic mode is not built yet"),
  load_dataset_kwargs: {
    ...refused(mapping, 'reader arguments are not built yet: the input is JSON lines'),
    asks: (value) => Object.keys(value ?? {}).some((key) => key !== 'num_proc'),
  },

  np: ignored(count, 'scale with stream.replicas and stream.partitions'),
  auto_op_parallelism: ignored(flag, 'scale with stream.replicas and stream.partitions'),
  executor_type: ignored(
    z.enum(['default', 'ray', 'ray_partitioned']),
    'Kafka services take the place of the executor; the result is the same',
  ),
  strict_preflight: ignored(flag, 'mistakes are always reported before anything runs'),
  load_jsonl_lenient: ignored(flag, 'a line that cannot be read never stops a run: it is repaired or dead-lettered'),
  export_in_parallel: ignored(flag, 'the output file is the same either way'),
  encryption_key_path: ignored(text, 'nothing is encrypted'),
  turbo: ignored(flag, 'no effect on the result'),
  debug: ignored(flag, 'see the options of the command line for logs'),
  work_dir: ignored(text, 'state lives on Kafka and in MILLRACE_HOME'),
  temp_dir: ignored(text, 'there are no intermediate files'),

  image_key: ignored(text, MEDIA),
  image_bytes_key: ignored(text, MEDIA),
  image_special_token: ignored(text, MEDIA),
  audio_key: ignored(text, MEDIA),
  audio_special_token: ignored(text, MEDIA),
  video_key: ignored(text, MEDIA),
  video_special_token: ignored(text, MEDIA),
  eoc_special_token: ignored(text, MEDIA),

  use_cache: ignored(flag, CACHE),
  ds_cache_dir: ignored(text, CACHE),
  cache_compress: ignored(text, CACHE),
  open_monitor: ignored(flag, MONITOR),
  event_logging: ignored(z.strictObject({ enabled: flag.optional() }), MONITOR),
  event_log_dir: ignored(text, MONITOR),
  use_dag: ignored(flag, MONITOR),
  open_tracer: ignored(flag, TRACER),
  op_list_to_trace: ignored(texts, TRACER),
  trace_num: ignored(z.int(), TRACER),
  trace_keys: ignored(texts, TRACER),
  open_insight_mining: ignored(flag, MONITOR),
  op_list_to_mine: ignored(texts, MONITOR),

  use_checkpoint: ignored(flag, RESUME),
  checkpoint: ignored(checkpoint, RESUME),
  checkpoint_dir: ignored(text, RESUME),
  job_id: ignored(text, RESUME),
  resume: ignored(text, RESUME),

  op_fusion: ignored(flag, FUSION),
  fusion_strategy: ignored(text, FUSION),
  mapper_fusion: ignored(flag, FUSION),
  mapper_fusion_vram_limit: ignored(number, FUSION),
  adaptive_batch_size: ignored(flag, 'documents are batched by bytes'),
  elastic_juicer_adaptive_batching: ignored(flag, 'documents are batched by bytes'),
  elastic_juicer_profile_seed: ignored(flag, 'documents are batched by bytes'),

  ray_address: ignored(text, RAY),
  read_options: ignored(mapping, RAY),
  override_num_blocks: ignored(count, RAY),
  min_common_dep_num_to_combine: ignored(z.int(), RAY),
  conflict_resolve_strategy: ignored(z.enum(['split', 'overwrite', 'latest']), RAY),
  partition: ignored(partition, RAY),
  partition_size: ignored(count, RAY),
  partition_dir: ignored(text, RAY),

  auto_num: ignored(count, ANALYZER),
  percentiles: ignored(z.array(number), ANALYZER),
  export_original_dataset: ignored(flag, ANALYZER),
  save_stats_in_one_file: ignored(flag, ANALYZER),
  hpo_config: ignored(text, "only Data-Juicer's search for hyper-parameters reads it"),
  data_probe_algo: ignored(text, "only Data-Juicer's sandbox reads it"),
  data_probe_ratio: ignored(number.min(0).max(1), "only Data-Juicer's sandbox reads it"),
}

/** Keys of ours, beside Data-Juicer's. */
export const OUR_KEYS = ['stream', 'tests'] as const
