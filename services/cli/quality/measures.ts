/** How a classifier does on texts of which the class is known. */
export interface Measures {
  positives: number
  negatives: number
  true_positives: number
  false_positives: number
  true_negatives: number
  false_negatives: number
  precision: number
  recall: number
  f1: number
  /** The same with 1 added to each of the four counts, but not to their sums, as Data-Juicer's tool has it: a recall may exceed 1. */
  data_juicer: { precision: number; recall: number; f1: number }
}

/** Measures scores of the positive class against what is known. */
export function measuresOf(scored: Iterable<{ score: number; positive: boolean }>): Measures {
  const counts = { true_positives: 0, false_positives: 0, true_negatives: 0, false_negatives: 0 }
  for (const { score, positive } of scored) {
    // 0.5 is the negative class, as in Spark.
    const said = score > 0.5
    counts[said ? (positive ? 'true_positives' : 'false_positives') : positive ? 'false_negatives' : 'true_negatives']++
  }
  const { true_positives: tp, false_positives: fp, false_negatives: fn } = counts
  return {
    positives: tp + fn,
    negatives: fp + counts.true_negatives,
    ...counts,
    ...rates(tp, tp + fp, tp + fn),
    data_juicer: rates(tp + 1, tp + fp + 2, tp + fn),
  }
}

function rates(found: number, said: number, positives: number): { precision: number; recall: number; f1: number } {
  const precision = said === 0 ? 0 : found / said
  const recall = positives === 0 ? 0 : found / positives
  return { precision, recall, f1: precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall) }
}

/** The measures in two lines, for people. */
export function measuresText(measures: Measures): string {
  const { true_positives: tp, false_positives: fp, true_negatives: tn, false_negatives: fn } = measures
  const share = (value: number) => `${(100 * value).toFixed(2)} %`
  return [
    `${tp} of ${measures.positives} positive texts found, ${fn} missed; ${tn} of ${measures.negatives} negative ones found, ${fp} taken for positive`,
    `precision ${share(measures.precision)}, recall ${share(measures.recall)}, F1 ${share(measures.f1)}`,
  ].join('\n')
}
